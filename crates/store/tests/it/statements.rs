//! Every statement that names a tenant's table says which tenant: SQLite has no row-level security to catch one that does not.

use std::path::Path;

/// The names of the tables of a tenant, from the migrations.
fn tenant_tables() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut tables = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for piece in text.split("CREATE TABLE ").skip(1) {
            let name = piece.split([' ', '(']).next().unwrap().to_owned();
            if !crate::schema::INSTANCE_TABLES.contains(&name.as_str()) {
                tables.push(name);
            }
        }
    }
    tables
}

/// The string literals of a source file, those inside of one `concat!` or macro call as one.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for item in text.split("\n    }\n").flat_map(|part| part.split("\n}\n")) {
        let mut literals = Vec::new();
        let mut rest = item;
        while let Some(start) = rest.find('"') {
            rest = &rest[start + 1..];
            let mut end = 0;
            let bytes = rest.as_bytes();
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            literals.push(rest[..end.min(rest.len())].replace("\\\n", " "));
            rest = rest.get(end + 1..).unwrap_or("");
        }
        for literal in literals {
            let words: Vec<&str> = literal.split_whitespace().collect();
            if words.windows(2).any(|pair| ["FROM", "INTO", "UPDATE", "JOIN"].contains(&pair[0])) {
                found.push(words.join(" "));
            }
        }
    }
    found
}

#[test]
fn every_statement_over_a_tenant_table_names_the_tenant() {
    let tables = tenant_tables();
    assert!(tables.len() > 10);
    let mut seen = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for statement in statements(&text) {
            let words: Vec<&str> = statement.split([' ', ',', '(', ')']).collect();
            let table = words.windows(2).find(|pair| {
                ["FROM", "INTO", "UPDATE", "JOIN"].contains(&pair[0]) && tables.iter().any(|t| t == pair[1])
            });
            if table.is_none() {
                continue;
            }
            seen += 1;
            // Fragments shared by several statements end before their WHERE; the statements that use them are checked on
            // PostgreSQL, and here by the tests of tenants.
            let complete = statement.contains("WHERE ") || statement.contains("INSERT INTO");
            assert!(!complete || statement.contains("tenant_id"), "{}: {statement}", path.display());
            assert!(
                complete || ["", "a.", "e."].iter().any(|alias| text.contains(&format!("WHERE {alias}tenant_id = $1"))),
                "{}: {statement}",
                path.display()
            );
        }
    }
    assert!(seen > 40, "only {seen} statements were found");
}
