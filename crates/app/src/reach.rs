//! How far a role's grants reach: whose things of others a person may see or change.

use std::collections::HashSet;

use portico_kernel::DepartmentId;
use portico_store::TenantTx;

use crate::{
    Error,
    access::{Person, Scope},
};

/// The departments that a person heads, and those below them.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    headed: HashSet<DepartmentId>,
    below: HashSet<DepartmentId>,
}

impl Reach {
    /// The reach of `person`. Departments are only looked at when a grant asks for them.
    pub async fn of(tx: &mut TenantTx, person: &Person) -> Result<Self, Error> {
        let asks =
            |grant: &portico_store::GrantRow| matches!(Scope::parse(&grant.scope), Some(Scope::Team | Scope::Subtree));
        let Some(employee) = person.employee.filter(|_| person.grants.iter().any(asks)) else {
            return Ok(Self::default());
        };
        let departments = tx.departments().await?;
        let headed: HashSet<DepartmentId> =
            departments.iter().filter(|one| one.head_id == Some(employee)).map(|one| one.id).collect();
        let mut below = headed.clone();
        // A level of the tree at a time; a tree that bites its own tail ends all the same.
        loop {
            let found: Vec<DepartmentId> = departments
                .iter()
                .filter(|one| one.parent_id.is_some_and(|parent| below.contains(&parent)) && !below.contains(&one.id))
                .map(|one| one.id)
                .collect();
            if found.is_empty() {
                return Ok(Self { headed, below });
            }
            below.extend(found);
        }
    }

    /// Whether a grant of `person` for this action reaches somebody of `department`.
    pub fn grants(&self, person: &Person, function: &str, action: &str, department: Option<DepartmentId>) -> bool {
        let within = |set: &HashSet<DepartmentId>| department.is_some_and(|department| set.contains(&department));
        let grants = person.grants.iter().filter(|grant| grant.function == function && grant.action == action);
        grants.filter_map(|grant| Scope::parse(&grant.scope)).any(|scope| match scope {
            Scope::OneSelf => false,
            Scope::Team => within(&self.headed),
            Scope::Subtree => within(&self.below),
            Scope::Company => true,
        })
    }

    /// The departments whose people a grant of `person` for this action reaches; none for everybody.
    pub fn departments(&self, person: &Person, function: &str, action: &str) -> Option<Vec<DepartmentId>> {
        let all = self.below.iter().copied().filter(|id| self.grants(person, function, action, Some(*id)));
        (!self.grants(person, function, action, None)).then(|| all.collect())
    }
}

#[cfg(test)]
mod tests {
    use portico_kernel::{AccountId, EmailAddress, Locale, TenantId};
    use portico_store::GrantRow;

    use super::*;

    fn person(scope: &str) -> Person {
        let grant = GrantRow { function: "calendar".into(), action: "read".into(), scope: scope.into() };
        Person {
            tenant: TenantId(uuid::Uuid::nil()),
            account: AccountId(uuid::Uuid::nil()),
            employee: None,
            session: None,
            email: EmailAddress::parse("head@acme.example").unwrap(),
            name: "Head".into(),
            chosen_locale: None,
            locale: Locale::En,
            time_zone: "UTC".into(),
            roles: Vec::new(),
            grants: vec![grant],
        }
    }

    #[test]
    fn a_scope_reaches_as_far_as_it_says() {
        let [headed, below, other] = [1, 2, 3].map(|n| DepartmentId(uuid::Uuid::from_u128(n)));
        let reach = Reach { headed: [headed].into(), below: [headed, below].into() };
        for (scope, expect) in [
            ("self", [false, false, false, false]),
            ("team", [true, false, false, false]),
            ("subtree", [true, true, false, false]),
            ("company", [true, true, true, true]),
        ] {
            let places = [Some(headed), Some(below), Some(other), None];
            let reached = places.map(|place| reach.grants(&person(scope), "calendar", "read", place));
            assert_eq!(reached, expect, "{scope}");
            assert!(!reach.grants(&person(scope), "calendar", "write", Some(headed)), "{scope}");
        }
        assert_eq!(reach.departments(&person("company"), "calendar", "read"), None);
        assert_eq!(reach.departments(&person("team"), "calendar", "read"), Some(vec![headed]));
    }
}
