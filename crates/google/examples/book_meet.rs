//! Books a meeting of half an hour with a Meet room and a guest, and prints the room's address.
//!
//! `cargo run -p portico-google --example book_meet -- http://127.0.0.1:8790 ACCESS_TOKEN guest@example.com`

use std::{error::Error, sync::Arc, time::Duration};

use portico_google::{
    Client, Endpoints, HttpClient, StaticToken, World,
    calendar::{Attendee, Calendar, ConferenceData, Event, EventTime, SendUpdates, Write},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [base, token, guest]: [String; 3] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: BASE ACCESS_TOKEN GUEST")?;
    let (world, transport) = (World::real(), Arc::new(HttpClient::new(Duration::from_secs(30))?));
    let client = Client::new(transport, world.clone(), Endpoints::at(&base), Arc::new(StaticToken::new(token)));
    let calendar = Calendar::new(client);

    let start = world.now() + Duration::from_secs(24 * 3600);
    // An id of one's own: should the answer be lost, the second sending cannot book a second meeting.
    let id = world.new_uuid().simple().to_string();
    let event = Event {
        id: Some(id.clone()),
        summary: Some("Interview".into()),
        start: Some(EventTime::moment(start, "Europe/Prague")),
        end: Some(EventTime::moment(start + Duration::from_secs(1800), "Europe/Prague")),
        attendees: Some(vec![Attendee::invite(&guest)]),
        conference_data: Some(ConferenceData::create_meet(&id)),
        ..Event::default()
    };
    let write = Write { send_updates: SendUpdates::All, ..Write::default() };
    let mut booked = calendar.events("primary").insert(&event, &write).await?;
    // Google makes the room a moment later.
    for _ in 0..10 {
        if let Some(address) = booked.event.conference_data.as_ref().and_then(|data| data.video_uri()) {
            println!("{address}");
            return Ok(());
        }
        world.clock.sleep(Duration::from_secs(1)).await;
        booked = calendar.events("primary").get(&id).await?;
    }
    Err("Google has not made a room".into())
}
