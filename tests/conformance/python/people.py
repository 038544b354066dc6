"""Contacts, groups, other contacts and the directory, as tests/clients/people.rs plays them with our library."""
import play
from play import ANN, ctl, refused, say

SCOPES = ["https://www.googleapis.com/auth/" + name for name in ("contacts", "contacts.other.readonly", "directory.readonly")]
SHOWN = "addresses,biographies,emailAddresses,memberships,names,phoneNumbers"
NAMES = "names,metadata"
ADA = {"names": [{"honorificPrefix": "Dr.", "givenName": "Ada", "middleName": "Byron", "familyName": "Lovelace"}],
       "emailAddresses": [{"value": "ada@example.test", "type": "work"}, {"value": "ada@home.test", "type": "home"}],
       "phoneNumbers": [{"value": "+31 20 123 4567", "type": "mobile"}],
       "addresses": [{"streetAddress": "Keizersgracht 1", "city": "Amsterdam"}],
       "biographies": [{"value": "a note"}]}

ctl.call("PUT", "/quota", {"people_changes_delay_ms": 0})
ctl.call("POST", "/other-contacts", {"account": ANN, "name": "Charles Babbage", "emails": ["cb@example.test"]})
service = play.service("people.v1", ANN, SCOPES)
people, groups = service.people(), service.contactGroups()


def named(given, family):
    return {"names": [{"givenName": given, "familyName": family}]}


def sync(**more):
    found, token = [], None
    while True:
        page = people.connections().list(resourceName="people/me", personFields=NAMES, pageSize=2, requestSyncToken=True,
                                         pageToken=token, **more).execute()
        found += page.get("connections", [])
        token = page.get("nextPageToken")
        if not token:
            return found, page["nextSyncToken"]


made = people.createContact(body=ADA, personFields=SHOWN).execute()
say("made", made)
name = made["resourceName"]
say("cjk", people.createContact(body=named("太郎", "山田"), personFields=NAMES).execute()["names"])
say("nameless", people.createContact(body={"emailAddresses": [{"value": "x@example.test", "type": "other"}]}, personFields=SHOWN).execute())
refused("two_names", people.createContact(body={"names": [{"givenName": "a"}, {"givenName": "b"}]}, personFields=NAMES).execute)
found, token = sync()
say("all", found)
group = groups.create(body={"contactGroup": {"name": "Kolegové"}}).execute()
say("group", group)
refused("group_again", groups.create(body={"contactGroup": {"name": "Kolegové"}}).execute)
say("joined", groups.members().modify(resourceName=group["resourceName"], body={"resourceNamesToAdd": [name, "people/c5"]}).execute())
say("members", groups.get(resourceName=group["resourceName"], maxMembers=10).execute())
made["metadata"] = people.get(resourceName=name, personFields=NAMES).execute()["metadata"]
refused("stale", people.updateContact(resourceName=name, body=made, updatePersonFields="names", personFields=NAMES).execute)
fresh = people.get(resourceName=name, personFields="names,phoneNumbers,metadata").execute()
del fresh["phoneNumbers"]
fresh.update(named("Augusta", "King"))
say("updated", people.updateContact(resourceName=name, body=fresh, updatePersonFields="names,phoneNumbers", personFields=SHOWN).execute())
found, token = sync(syncToken=token)
say("changed", found)
refused("bogus", people.connections().list(resourceName="people/me", personFields=NAMES, requestSyncToken=True, syncToken="bogus").execute)
batch = people.batchCreateContacts(body={"contacts": [{"contactPerson": named(n, "Batch")} for n in "AB"], "readMask": NAMES}).execute()["createdPeople"]
say("batch", batch)
names = [one["person"]["resourceName"] for one in batch]
say("batch_get", people.getBatchGet(resourceNames=[names[0], "people/c5"], personFields=NAMES).execute()["responses"])
say("found", [one["person"] for one in people.searchContacts(query="bat", pageSize=10, readMask="names").execute()["results"]])
people.batchDeleteContacts(body={"resourceNames": names}).execute()
people.deleteContact(resourceName=name).execute()
refused("gone", people.get(resourceName=name, personFields=NAMES).execute)
say("deleted", sum(1 for person in sync(syncToken=token)[0] if person["metadata"].get("deleted")))
say("groups", groups.list(pageSize=1000).execute()["contactGroups"])
groups.delete(resourceName=group["resourceName"]).execute()
refused("group_gone", groups.get(resourceName=group["resourceName"]).execute)
others = service.otherContacts()
found = others.list(readMask="emailAddresses,metadata,names,phoneNumbers,photos").execute()["otherContacts"]
say("others", found)
refused("wide", others.list(readMask="addresses").execute)
say("copied", others.copyOtherContactToMyContactsGroup(resourceName=found[0]["resourceName"], body={"copyMask": "names,emailAddresses"}).execute())
colleagues = people.listDirectoryPeople(readMask="names,emailAddresses,metadata", sources=["DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE"]).execute()["people"]
say("colleagues", sorted(mail["value"] for person in colleagues for mail in person["emailAddresses"]))
# What is not compared step by step.
a, b = (people.createContact(body=named(given, "Batch"), personFields=NAMES).execute() for given in "AB")
contacts = {one["resourceName"]: one | named(one["names"][0]["givenName"], "Renamed") for one in (a, b)}
people.batchUpdateContacts(body={"contacts": contacts, "updateMask": "names", "readMask": NAMES}).execute()
pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
people.updateContactPhoto(resourceName=a["resourceName"], body={"photoBytes": pixel, "personFields": "names,photos"}).execute()
people.deleteContactPhoto(resourceName=a["resourceName"], personFields="names,photos").execute()
people.searchDirectoryPeople(query="bob", readMask="names,emailAddresses", sources=["DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE"]).execute()
others.search(query="charles", readMask="names,emailAddresses").execute()
group = groups.create(body={"contactGroup": {"name": "Přátelé"}}).execute()
groups.update(resourceName=group["resourceName"], body={"contactGroup": {"name": "Přátelé 2", "etag": group["etag"]}}).execute()
groups.batchGet(resourceNames=[group["resourceName"], "contactGroups/myContacts"], maxMembers=5).execute()
play.every_method_answered()
play.end()
