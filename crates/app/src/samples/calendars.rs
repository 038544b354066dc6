//! The sample companies' own calendars: a team's, and the public holidays.

use jiff::{Span, civil::Date};
use portico_kernel::{AccountId, CalendarId, TenantId};
use portico_store::{Calendar, CalendarKind, Sharing};

use super::{SampleEvent, event_input, on_day};
use crate::{
    App, Error,
    calendars::seen_one,
    events::{EventInput, create_in},
};

pub(super) struct SampleCalendar {
    pub name: &'static str,
    pub kind: CalendarKind,
    pub color: &'static str,
    pub events: &'static [SampleEvent],
    pub holidays: &'static [Holiday],
}

/// A day that is free every year.
pub(super) struct Holiday {
    name: &'static str,
    day: HolidayDay,
}

enum HolidayDay {
    /// Month and day.
    Fixed(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i64),
}

const fn fixed(month: i8, day: i8, name: &'static str) -> Holiday {
    Holiday { name, day: HolidayDay::Fixed(month, day) }
}

const fn easter(days: i64, name: &'static str) -> Holiday {
    Holiday { name, day: HolidayDay::Easter(days) }
}

const DEVELOPMENT: SampleCalendar = SampleCalendar {
    name: "Tým vývoje",
    kind: CalendarKind::Team,
    color: "#7044c4",
    holidays: &[],
    events: &[
        SampleEvent {
            organizer: "",
            title: "Pohotovost: Ondřej Šťastný",
            location: "",
            day: 0,
            start: None,
            minutes: 5 * 24 * 60,
            recurrence: "",
            guests: &[],
        },
        SampleEvent {
            organizer: "",
            title: "Ukázka sprintu",
            location: "Místnost Sázava",
            day: 2,
            start: Some((15, 0)),
            minutes: 60,
            recurrence: "RRULE:FREQ=WEEKLY;INTERVAL=2",
            guests: &[],
        },
        SampleEvent {
            organizer: "",
            title: "Nasazení nové verze",
            location: "",
            day: 3,
            start: Some((17, 0)),
            minutes: 60,
            recurrence: "RRULE:FREQ=WEEKLY",
            guests: &[],
        },
    ],
};

const CZECH_HOLIDAYS: SampleCalendar = SampleCalendar {
    name: "Státní svátky",
    kind: CalendarKind::Holidays,
    color: "#2f7d32",
    events: &[],
    holidays: &[
        fixed(1, 1, "Nový rok"),
        easter(-2, "Velký pátek"),
        easter(1, "Velikonoční pondělí"),
        fixed(5, 1, "Svátek práce"),
        fixed(5, 8, "Den vítězství"),
        fixed(7, 5, "Den slovanských věrozvěstů Cyrila a Metoděje"),
        fixed(7, 6, "Den upálení mistra Jana Husa"),
        fixed(9, 28, "Den české státnosti"),
        fixed(10, 28, "Den vzniku samostatného československého státu"),
        fixed(11, 17, "Den boje za svobodu a demokracii"),
        fixed(12, 24, "Štědrý den"),
        fixed(12, 25, "1. svátek vánoční"),
        fixed(12, 26, "2. svátek vánoční"),
    ],
};

const OFFICE: SampleCalendar = SampleCalendar {
    name: "Office",
    kind: CalendarKind::Team,
    color: "#a86200",
    holidays: &[],
    events: &[SampleEvent {
        organizer: "",
        title: "Team lunch",
        location: "",
        day: 4,
        start: Some((12, 0)),
        minutes: 60,
        recurrence: "RRULE:FREQ=WEEKLY",
        guests: &[],
    }],
};

pub(super) const ACME: &[SampleCalendar] = &[DEVELOPMENT, CZECH_HOLIDAYS];
pub(super) const GLOBEX: &[SampleCalendar] = &[OFFICE];

/// For how many years feasts that move with Easter are entered.
const YEARS: i16 = 3;

/// Easter Sunday, by the anonymous Gregorian computus.
fn easter_sunday(year: i16) -> Result<Date, jiff::Error> {
    let year_number = i32::from(year);
    let (a, b, c) = (year_number % 19, year_number / 100, year_number % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    let narrow = |number: i32| i8::try_from(number).unwrap_or(1);
    Date::new(year, narrow(days / 31), narrow(days % 31 + 1))
}

/// The whole-day events of a holiday, from the year that `today` lies in.
fn holiday_inputs(holiday: &Holiday, today: Date) -> Result<Vec<EventInput>, jiff::Error> {
    let input = |date: Date, recurrence| -> Result<EventInput, jiff::Error> {
        Ok(EventInput {
            title: Some(holiday.name.to_owned()),
            start_date: Some(date.to_string()),
            end_date: Some(date.tomorrow()?.to_string()),
            transparency: Some("transparent".to_owned()),
            recurrence,
            ..EventInput::default()
        })
    };
    match holiday.day {
        HolidayDay::Fixed(month, day) => {
            Ok(vec![input(Date::new(today.year(), month, day)?, Some(vec!["RRULE:FREQ=YEARLY".to_owned()]))?])
        }
        HolidayDay::Easter(days) => (today.year()..today.year() + YEARS)
            .map(|year| input(easter_sunday(year)?.checked_add(Span::new().days(days))?, None))
            .collect(),
    }
}

/// Makes a calendar that is nobody's own, with what stands in it; `keeper` is who entered it.
pub(super) async fn make(
    app: &App,
    tenant: TenantId,
    keeper: AccountId,
    zone: &str,
    sample: &SampleCalendar,
) -> Result<(), Error> {
    let keeper = app.caller(tenant, keeper, None).await?.ok_or(Error::NotFound)?;
    let now = app.now();
    let calendar = Calendar {
        id: CalendarId::new(&app.world),
        owner: None,
        kind: sample.kind,
        name: sample.name.to_owned(),
        color: sample.color.to_owned(),
        time_zone: zone.to_owned(),
        sharing: Sharing::Details,
        is_main: false,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.store.tenant(tenant).await?;
    tx.put_calendar(&calendar).await?;
    let seen = seen_one(&mut tx, &keeper, calendar.id).await?;
    app.commit(tx).await?;
    let wrong = |error: jiff::Error| Error::Internal(error.to_string());
    for event in sample.events {
        let input = event_input(event, on_day(app, zone, event.day)?, zone).map_err(wrong)?;
        // What a team plans does not make each of its people busy.
        create_in(app, &keeper, &seen, &EventInput { transparency: Some("transparent".to_owned()), ..input }).await?;
    }
    let today = now.to_jiff().in_tz(zone).map_err(wrong)?.date();
    for holiday in sample.holidays {
        for input in holiday_inputs(holiday, today).map_err(wrong)? {
            create_in(app, &keeper, &seen, &input).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, month, day) in
            [(1961, 4, 2), (2000, 4, 23), (2024, 3, 31), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter_sunday(year).unwrap(), date(year, month, day));
        }
    }

    #[test]
    fn holidays_repeat_by_the_year_and_feasts_that_move_are_entered_one_by_one() {
        let today = date(2026, 11, 21);
        let christmas = holiday_inputs(&fixed(12, 24, "Christmas Eve"), today).unwrap();
        assert_eq!(christmas.len(), 1);
        assert_eq!(christmas[0].start_date.as_deref(), Some("2026-12-24"));
        assert_eq!(christmas[0].recurrence.as_deref(), Some(&["RRULE:FREQ=YEARLY".to_owned()][..]));
        let monday = holiday_inputs(&easter(1, "Easter Monday"), today).unwrap();
        let days: Vec<_> = monday.iter().filter_map(|input| input.start_date.as_deref()).collect();
        assert_eq!(days, ["2026-04-06", "2027-03-29", "2028-04-17"]);
    }
}
