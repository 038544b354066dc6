//! What is sealed opens in its place and nowhere else, under its key and no other, and not when it was touched.

use portico_kernel::TenantId;
use portico_vault::{MasterKeys, Place, TenantKeys, VaultError, new_master_key};
use portico_world::{ExposeSecret, SecretString, SeededRng};
use proptest::prelude::*;
use uuid::Uuid;

const ROW: Uuid = Uuid::from_u128(7);
const HERE: Place<'_> = Place { table: "connections", column: "refresh_token", row: ROW };

fn tenant(n: u128) -> TenantId {
    TenantId(Uuid::from_u128(n))
}

fn keys(seed: u64) -> (SecretString, MasterKeys) {
    let text = new_master_key(&SeededRng::new(seed));
    let keys = MasterKeys::parse(std::slice::from_ref(&text)).unwrap();
    (text, keys)
}

fn tenant_keys(master: &MasterKeys, n: u128) -> TenantKeys {
    let sealed = master.new_data_key(tenant(n), 1, &SeededRng::new(3)).unwrap();
    master.open_data_keys(tenant(n), [sealed.as_str()]).unwrap()
}

#[test]
fn a_secret_opens_in_its_place_only() {
    let (_, master) = keys(1);
    let (mine, theirs) = (tenant_keys(&master, 1), tenant_keys(&master, 2));
    let sealed = mine.seal(HERE, &"1//token".to_owned().into(), &SeededRng::new(5)).unwrap();
    assert!(!sealed.contains("token"));
    assert_eq!(mine.open(HERE, &sealed).unwrap().expose_secret(), "1//token");
    for elsewhere in [
        Place { row: Uuid::from_u128(8), ..HERE },
        Place { column: "access_token", ..HERE },
        Place { table: "google_clients", ..HERE },
    ] {
        assert_eq!(mine.open(elsewhere, &sealed).unwrap_err(), VaultError::Refused, "{elsewhere:?}");
    }
    assert_eq!(theirs.open(HERE, &sealed).unwrap_err(), VaultError::Refused);
}

#[test]
fn a_master_key_rotates_without_touching_what_is_sealed() {
    let (old_text, old) = keys(1);
    let (new_text, _) = keys(2);
    let data_key = old.new_data_key(tenant(1), 1, &SeededRng::new(3)).unwrap();
    let sealed = old
        .open_data_keys(tenant(1), [data_key.as_str()])
        .unwrap()
        .seal(HERE, &"s".to_owned().into(), &SeededRng::new(4))
        .unwrap();

    let both = MasterKeys::parse(&[new_text.clone(), old_text]).unwrap();
    let moved = both.reseal(tenant(1), &data_key, &SeededRng::new(5)).unwrap().expect("it was under the old key");
    assert_eq!(both.reseal(tenant(1), &moved, &SeededRng::new(6)).unwrap(), None);

    let only_new = MasterKeys::parse(&[new_text]).unwrap();
    let opened = only_new.open_data_keys(tenant(1), [moved.as_str()]).unwrap().open(HERE, &sealed).unwrap();
    assert_eq!(opened.expose_secret(), "s");
    assert!(matches!(
        only_new.open_data_keys(tenant(1), [data_key.as_str()]),
        Err(VaultError::UnknownMasterKey { .. })
    ));
}

#[test]
fn an_older_version_stays_readable() {
    let (_, master) = keys(1);
    let rng = SeededRng::new(9);
    let (one, two) =
        (master.new_data_key(tenant(1), 1, &rng).unwrap(), master.new_data_key(tenant(1), 2, &rng).unwrap());
    let before = master.open_data_keys(tenant(1), [one.as_str()]).unwrap();
    let sealed = before.seal(HERE, &"s".to_owned().into(), &rng).unwrap();
    let after = master.open_data_keys(tenant(1), [one.as_str(), two.as_str()]).unwrap();
    assert_eq!(after.current_version(), 2);
    assert_eq!(after.open(HERE, &sealed).unwrap().expose_secret(), "s");
    let newer = after.seal(HERE, &"t".to_owned().into(), &rng).unwrap();
    assert_eq!(before.open(HERE, &newer).unwrap_err(), VaultError::UnknownVersion { version: 2 });
}

#[test]
fn another_tenants_data_key_is_refused() {
    let (_, master) = keys(1);
    let sealed = master.new_data_key(tenant(1), 1, &SeededRng::new(3)).unwrap();
    assert!(matches!(master.open_data_keys(tenant(2), [sealed.as_str()]), Err(VaultError::Refused)));
}

#[test]
fn malformed_master_keys_are_named_by_position() {
    let (good, _) = keys(1);
    for bad in ["", "short", "////"] {
        let parsed = MasterKeys::parse(&[good.clone(), bad.to_owned().into()]);
        assert!(matches!(parsed, Err(VaultError::MalformedMasterKey { position: 2 })), "{bad}");
    }
    assert!(matches!(MasterKeys::parse(&[]), Err(VaultError::NoMasterKey)));
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_again(text in ".{0,400}", seed: u64) {
        let (_, master) = keys(1);
        let mine = tenant_keys(&master, 1);
        let sealed = mine.seal(HERE, &text.clone().into(), &SeededRng::new(seed)).unwrap();
        let opened = mine.open(HERE, &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), &text);
    }

    #[test]
    fn a_flipped_bit_or_a_missing_end_is_refused(position in 0_usize..200, bit in 0_u8..7, cut: bool) {
        let (_, master) = keys(1);
        let mine = tenant_keys(&master, 1);
        let sealed = mine.seal(HERE, &"refresh token".repeat(4).into(), &SeededRng::new(5)).unwrap();
        let position = position % sealed.len();
        let mut bytes = sealed.clone().into_bytes();
        if cut { bytes.truncate(position) } else { bytes[position] ^= 1 << bit }
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        prop_assert!(mine.open(HERE, &changed).is_err() || changed == sealed);
    }
}
