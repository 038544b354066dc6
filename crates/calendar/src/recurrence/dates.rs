//! Dates and wall times as iCalendar writes them: `20261124`, `20261124T074000`.

use jiff::civil::{Date, DateTime};

pub(super) fn day(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

pub(super) fn wall(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let digits = time.len() == 6 && time.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    // A leap second is the last second that clocks here know.
    let second: i8 = time[4..].parse().ok()?;
    let time = jiff::civil::Time::new(time[..2].parse().ok()?, time[2..4].parse().ok()?, second.min(59), 0).ok()?;
    Some(day(date)?.to_datetime(time))
}
