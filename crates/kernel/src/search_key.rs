/// The form of a text that is searched and sorted by: lower case, Latin letters without their marks, single spaces.
/// Both database engines compare it by bytes, so that they agree.
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_whitespace() || c.is_control() {
            space = !key.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            key.push(' ');
        }
        match plain(c) {
            Some(plain) => key.push_str(plain),
            // A combining mark: the letter before it stands without it.
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            None => key.push(c),
        }
    }
    key
}

/// What a name is found by: each of its words, and of a word in Chinese, Japanese or Korean writing, which has no spaces
/// inside, each of its ends.
pub fn search_words(text: &str) -> Vec<String> {
    let key = search_key(text);
    let mut words = Vec::new();
    for word in key.split([' ', '-', ',', '.', '·', '・', '(', ')']).filter(|word| !word.is_empty()) {
        words.push(word.to_owned());
        if word.chars().all(|c| c >= '\u{2e80}') {
            words.extend(word.char_indices().skip(1).map(|(at, _)| word[at..].to_owned()));
        }
    }
    words
}

fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_case_and_spaces_do_not_matter() {
        for (text, key) in [
            ("Jiří  Novák", "jiri novak"),
            (" Žluťoučký\tKŮŇ ", "zlutoucky kun"),
            ("Jir\u{30c}i\u{301}", "jiri"),
            ("王小明", "王小明"),
            ("Straße", "strasse"),
            ("", ""),
        ] {
            assert_eq!(search_key(text), key, "{text}");
        }
    }

    #[test]
    fn a_name_is_found_by_each_of_its_words() {
        assert_eq!(search_words("Anna-Marie Dvořáková"), ["anna", "marie", "dvorakova"]);
        assert_eq!(search_words("王小明"), ["王小明", "小明", "明"]);
    }
}
