//! A process of its own that makes events with our library, as `bench/python/inserts.py` does with Google's. It prints how
//! many seconds that took and stays, so that its memory can be read, until it is ended.
//!
//! usage: portico-bench-inserts BASE ACCESS_TOKEN one|flight|batch COUNT IN_FLIGHT

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use portico_google::{
    Client, Endpoints, StaticToken,
    calendar::{Calendar, Event, EventTime, Write},
};
use portico_world::World;

fn event(number: usize, first: jiff::Timestamp) -> Event {
    let start = first + Duration::from_secs(900) * u32::try_from(number).unwrap_or(0);
    Event {
        summary: Some(format!("Meeting {number}")),
        location: Some(format!("Room {}", number % 40)),
        description: Some(
            "What it is about, in a line or two, as people write it when they ask others to come.".into(),
        ),
        start: Some(EventTime::moment(start, "Europe/Prague")),
        end: Some(EventTime::moment(start + Duration::from_secs(900), "Europe/Prague")),
        ..Event::default()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [base, token, how, count, in_flight] = words.as_slice() else {
        bail!("usage: portico-bench-inserts BASE ACCESS_TOKEN one|flight|batch COUNT IN_FLIGHT");
    };
    let (count, in_flight): (usize, usize) = (count.parse()?, in_flight.parse()?);
    let calendar = Calendar::new(Client::online(Endpoints::at(base), StaticToken::new(token.as_str()))?);
    let events = calendar.events("primary");
    let world = World::real();
    let first: jiff::Timestamp = "2027-01-01T09:00:00Z".parse()?;
    let write = Write::default();

    let begun = world.now();
    match how.as_str() {
        "one" => {
            for number in 0..count {
                events.insert(&event(number, first), &write).await?;
            }
        }
        "flight" => {
            stream::iter(0..count)
                .map(|number| async move { events.insert(&event(number, first), &write).await.map(drop) })
                .buffer_unordered(in_flight)
                .try_collect::<()>()
                .await?;
        }
        "batch" => {
            let calls = (0..count).map(|number| events.insert_request(&event(number, first), &write)).collect();
            for made in events.batch(calls).await {
                made?;
            }
        }
        other => bail!("{other} is none of one, flight and batch"),
    }
    println!("{}", world.now().duration_since(begun).as_secs_f64());
    std::future::pending::<()>().await;
    None.context("nobody ended it")
}
