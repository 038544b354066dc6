//! Sends a mail with text, HTML and a file, and prints what Google called it.
//!
//! `cargo run -p portico-google --example send_mail -- http://127.0.0.1:8790 ACCESS_TOKEN bob@example.com`

use std::error::Error;

use portico_google::{
    Client, Endpoints, StaticToken,
    gmail::{Address, Attachment, Format, Gmail, Mail},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [base, token, to]: [String; 3] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: BASE ACCESS_TOKEN TO")?;
    let gmail = Gmail::new(Client::online(Endpoints::at(&base), StaticToken::new(token))?);

    let mail = Mail {
        to: vec![Address::from(to.as_str())],
        subject: "Pozvánka na pohovor / 面試通知".into(),
        text: Some("Těšíme se na vás.\n期待與您見面。".into()),
        html: Some("<p>Těšíme se na vás.</p><p>期待與您見面。</p>".into()),
        attachments: vec![Attachment {
            filename: "plán.txt".into(),
            content_type: "text/plain".into(),
            content: "10:00 Praha".into(),
            content_id: None,
        }],
        ..Mail::default()
    };
    match gmail.messages().send(&mail, None).await {
        Ok(sent) => {
            let id = sent.id.ok_or("a message without an id")?;
            // Google writes a Message-ID of its own: read it if you need it.
            let sent = gmail.messages().get(&id, &Format::Metadata(vec!["Message-ID".into()])).await?;
            println!("sent {id} {}", sent.header("Message-ID").unwrap_or_default());
            Ok(())
        }
        // It is never sent twice by itself: the first one may have gone out.
        Err(error) if error.may_have_taken_effect() => Err(format!("look into the sent mail first: {error}").into()),
        Err(error) => Err(error.into()),
    }
}
