"""Drive with Google's Python client, step for step as tests/clients/drive.rs plays it with our library."""
import io

from googleapiclient.http import MediaInMemoryUpload, MediaIoBaseDownload

import play
from play import ANN, BOB, refused, say

SCOPES = ["https://www.googleapis.com/auth/drive"]
FILE = ("kind,id,name,mimeType,description,starred,trashed,explicitlyTrashed,trashedTime,parents,properties,appProperties,version,"
        "size,quotaBytesUsed,md5Checksum,sha1Checksum,sha256Checksum,headRevisionId,originalFilename,fileExtension,createdTime,"
        "modifiedTime,viewedByMeTime,sharedWithMeTime,webViewLink,webContentLink,iconLink,owners,lastModifyingUser,sharingUser,"
        "shared,ownedByMe,driveId,capabilities,permissions,permissionIds,shortcutDetails,writersCanShare,exportLinks")
PERMISSION = ("kind,id,type,role,emailAddress,domain,displayName,photoLink,allowFileDiscovery,expirationTime,deleted,pendingOwner,"
              "view,permissionDetails")
ann, bob = play.service("drive.v3", ANN, SCOPES), play.service("drive.v3", BOB, SCOPES)
files, permissions = ann.files(), ann.permissions()
FOLDER, DOCUMENT = "application/vnd.google-apps.folder", "application/vnd.google-apps.document"


def media(content, kind="text/plain", **more):
    return MediaInMemoryUpload(content, mimetype=kind, **more)


def get(file_id, by=ann):
    return by.files().get(fileId=file_id, fields=FILE)


say("about", ann.about().get(fields="kind,user,storageQuota,maxUploadSize,exportFormats,importFormats,canCreateDrives").execute())
start = ann.changes().getStartPageToken().execute()["startPageToken"]
bobs_start = bob.changes().getStartPageToken().execute()["startPageToken"]
say("root", get("root").execute())
folder = files.create(body={"name": "Smlouvy 契約", "mimeType": FOLDER}, fields=FILE).execute()
say("folder", folder)
letter = files.create(body={"name": "Dopis.txt", "description": "Nabídka", "parents": [folder["id"]]}, fields=FILE,
                      media_body=media("Dobrý den\r\n".encode())).execute()
say("letter", letter)

ids = files.generateIds(count=2).execute()["ids"]
say("ids", len(ids))
say("own_id", files.create(body={"id": ids[0], "name": "Vlastní id"}, fields=FILE).execute())
refused("own_id_again", files.create(body={"id": ids[0], "name": "Vlastní id"}, fields=FILE).execute)

content = bytes(n % 251 for n in range(600 * 1024))
upload = files.create(body={"name": "Velký.bin"}, fields=FILE,
                      media_body=media(content, "application/x-test", resumable=True, chunksize=256 * 1024))
big = None
while big is None:
    _, big = upload.next_chunk()
say("big", big)
into = io.BytesIO()
download = MediaIoBaseDownload(into, files.get_media(fileId=big["id"]), chunksize=100_000)
done = False
while not done:
    _, done = download.next_chunk()
play.control.check("the content came back", into.getvalue() == content)
say("downloaded", len(into.getvalue()))

say("search", files.list(q=f"'{folder['id']}' in parents and name contains 'dop' and trashed = false",
                         fields=f"kind,nextPageToken,incompleteSearch,files({FILE})").execute()["files"])
names, request = [], files.list(pageSize=2, orderBy="name")
while request is not None:
    page = request.execute()
    names += [file["name"] for file in page["files"]]
    request = files.list_next(request, page)
say("pages", names)
refused("bad_search", files.list(q="colour = 'red'").execute)

say("moved", files.update(fileId=big["id"], addParents=folder["id"], fields=FILE,
                          body={"name": "Přejmenovaný.bin", "appProperties": {"employee": "42"}}).execute())
copy = files.copy(fileId=letter["id"], body={}, fields=FILE).execute()
say("copy", copy)
say("replaced", files.update(fileId=copy["id"], body={}, media_body=media("Nový".encode()), fields=FILE).execute())
say("trashed", files.update(fileId=copy["id"], body={"trashed": True}, fields=FILE).execute())
say("trash", files.list(q="trashed = true", fields=f"files({FILE})").execute()["files"])

document = files.create(body={"name": "Dokument", "mimeType": DOCUMENT}, media_body=media("Řádek".encode()), fields=FILE).execute()
say("document", document)
say("exported", files.export(fileId=document["id"], mimeType="text/plain").execute().decode())
refused("export_of_a_file", files.export(fileId=big["id"], mimeType="text/plain").execute)
refused("content_of_a_document", files.get_media(fileId=document["id"]).execute)

refused("hidden", get(letter["id"], bob).execute)
shared = permissions.create(fileId=folder["id"], body={"type": "user", "role": "reader", "emailAddress": BOB},
                            sendNotificationEmail=False, fields=PERMISSION).execute()
say("shared", shared)
say("permissions", permissions.list(fileId=folder["id"], fields=f"permissions({PERMISSION})").execute()["permissions"])
say("seen", get(letter["id"], bob).execute())
rename = bob.files().update(fileId=letter["id"], body={"name": "Nesmí"}, fields=FILE)
refused("may_not_write", rename.execute)
say("may_write", permissions.update(fileId=folder["id"], permissionId=shared["id"], body={"role": "writer"}, fields=PERMISSION).execute())
say("permission", permissions.get(fileId=folder["id"], permissionId=shared["id"], fields=PERMISSION).execute())
say("written", rename.execute())
permissions.delete(fileId=folder["id"], permissionId=shared["id"]).execute()
refused("hidden_again", get(letter["id"], bob).execute)
refused("no_permission", permissions.get(fileId=folder["id"], permissionId=shared["id"]).execute)
refused("owner_without_transfer", permissions.create(
    fileId=folder["id"], body={"type": "user", "role": "owner", "emailAddress": BOB}, sendNotificationEmail=False).execute)

files.delete(fileId=letter["id"]).execute()
refused("gone", get(letter["id"]).execute)
files.emptyTrash().execute()
refused("emptied", get(copy["id"]).execute)
say("changes", ann.changes().list(pageToken=start, fields="kind,nextPageToken,newStartPageToken,changes(kind,changeType,time,removed,"
                                  f"fileId,driveId,file({FILE}))").execute()["changes"])
say("bobs_changes", [change["removed"] for change in bob.changes().list(pageToken=bobs_start).execute()["changes"]])
refused("bad_cursor", ann.changes().list(pageToken="soon").execute)

# What is not compared step by step.
def channel(name):
    return {"id": name, "type": "web_hook", "address": "https://portal.example/hook"}


opened = [ann.changes().watch(pageToken=start, body=channel("changes-1")).execute(), files.watch(fileId=folder["id"], body=channel("file-1")).execute()]
for one in opened:
    ann.channels().stop(body={"id": one["id"], "resourceId": one["resourceId"]}).execute()
play.every_method_answered()
play.end()
