//! `portico admin`: companies and their administrators, where no page can be reached yet.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use portico_app::{Error, NewTenant};
use portico_kernel::{EmailAddress, Locale};
use portico_world::SecretString;

use crate::{config::Config, wiring};

/// What to do.
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a company with its first administrator. The password is asked for, or read from standard input.
    Create {
        /// The company's name in addresses: lower-case letters, digits and hyphens.
        #[arg(long)]
        tenant: String,
        /// The company's name.
        #[arg(long)]
        name: String,
        /// The administrator's address.
        #[arg(long)]
        email: String,
        /// The administrator's name.
        #[arg(long)]
        person: String,
        /// The company's time zone, such as Europe/Prague.
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// The company's language: zh-TW, en, ja, ko or cs.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Gives an account a new password, asked for or read from standard input.
    Password {
        /// The company's name in addresses.
        #[arg(long)]
        tenant: String,
        /// The account's address.
        #[arg(long)]
        email: String,
    },
    /// Lists the companies.
    List,
}

/// Runs the command on the configured database.
pub async fn run(config: &Config, options: Options) -> Result<()> {
    let app = wiring::app(config).await?;
    match options.command {
        Command::Create { tenant, name, email, person, time_zone, language } => {
            let Some(locale) = Locale::ALL.into_iter().find(|locale| locale.tag() == language) else {
                bail!("the language is one of zh-TW, en, ja, ko, cs");
            };
            let password = read_password()?;
            let new = NewTenant { slug: tenant, name, time_zone, locale, email, administrator: person, password };
            app.create_tenant(&new).await.map_err(said)?;
            writeln!(io::stdout(), "{} is there, and {} may sign in at {}.", new.name, new.email, config.public_url)?;
        }
        Command::Password { tenant, email } => {
            let email = EmailAddress::parse(&email).context("--email is not right")?;
            let password = read_password()?;
            app.set_password(&tenant, &email, &password).await.map_err(said)?;
            writeln!(io::stdout(), "{email} has the new password.")?;
        }
        Command::List => {
            for tenant in app.store.instance_read().await?.tenants().await? {
                writeln!(io::stdout(), "{:<24} {}", tenant.slug, tenant.name)?;
            }
        }
    }
    app.store.close().await;
    Ok(())
}

fn read_password() -> Result<SecretString> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password("Password: ").context("no password could be read from the terminal")?;
        return Ok(SecretString::from(typed));
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("no password could be read from standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// What was given wrongly, as whoever typed the command knows it, and what is wanted.
fn rule(field: &str, code: &str) -> String {
    match field {
        "slug" => {
            "--tenant takes 2 to 40 lower-case letters, digits and hyphens, and does not begin with a hyphen".into()
        }
        "name" => "--name is missing".into(),
        "time_zone" => "--time-zone takes a name of the tz database, such as Europe/Prague".into(),
        "email" => "--email is not an email address".into(),
        "password" => format!(
            "the password takes {} to {} characters",
            portico_app::passwords::SHORTEST,
            portico_app::passwords::LONGEST
        ),
        _ => format!("{field} is not right ({code})"),
    }
}

fn said(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(fields) => {
            let named: Vec<String> = fields.iter().map(|field| rule(&field.field, field.code)).collect();
            anyhow::anyhow!("{}", named.join("; "))
        }
        Error::NotFound => anyhow::anyhow!("there is no such company or account"),
        Error::Conflict { .. } => anyhow::anyhow!("a company of that name is there already"),
        other => other.into(),
    }
}
