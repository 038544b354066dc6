//! Push channels: Google tells us when a calendar has changed. A message is a hint; the poll runs whatever channels do.

use std::sync::Arc;

use portico_google::{
    Client, Kind, RetryPolicy, StaticToken,
    auth::OAuth,
    calendar::{Calendar, NewChannel},
    push::{Notification, ResourceState},
};
use portico_kernel::{ConnectionId, JobId, LinkId, TenantId, Timestamp};
use portico_store::{ChannelState, Link, PushChannel, TenantTx};
use portico_world::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{App, Error, sync_calendar};

/// How long a channel shall live.
const LIFETIME: std::time::Duration = std::time::Duration::from_secs(7 * 24 * 3600);

/// A channel is renewed this long before it ends, in seconds.
const EARLY: i64 = 24 * 3600;

/// What becomes of a push message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is ours, and the link is looked at.
    Woken,
    /// It is ours and says nothing.
    Nothing,
    /// It is not ours: no such channel, a wrong token or a wrong resource.
    Refused,
}

fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Takes a push message. `token` is what came in `X-Goog-Channel-Token`.
pub async fn receive(app: &App, message: &Notification, token: Option<&str>) -> Result<Received, Error> {
    let now = app.now();
    let mut tx = app.store.instance_read().await?;
    let channel = tx.push_channel(&message.channel_id).await?;
    tx.commit().await?;
    let given = digest(token.unwrap_or(""));
    let Some(channel) = channel else { return Ok(Received::Refused) };
    let same_token: bool = given.ct_eq(&channel.token_digest).into();
    let same_resource = channel.resource_id.as_deref().is_none_or(|known| known == message.resource_id);
    if !same_token || !same_resource || channel.expires_at < now || channel.state == ChannelState::Closing {
        return Ok(Received::Refused);
    }
    if message.state == ResourceState::Sync {
        return Ok(Received::Nothing);
    }
    let mut tx = app.store.instance().await?;
    let job = JobId::new(&app.world);
    tx.wake(job, channel.tenant, sync_calendar::KIND, &channel.link.to_string(), now).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(Received::Woken)
}

/// Takes a push message as it came over HTTP. What is not one of Google's messages is refused.
pub async fn receive_headers(app: &App, headers: &http::HeaderMap) -> Result<Received, Error> {
    let Ok(message) = Notification::parse(headers) else { return Ok(Received::Refused) };
    let token = headers.get("x-goog-channel-token").and_then(|token| token.to_str().ok());
    receive(app, &message, token).await
}

/// Sees to it that a link has a channel that lasts: a new one is stored and begun before the old one is stopped. What
/// fails here costs freshness, never the run.
pub(crate) async fn keep_open(app: &App, tenant: TenantId, link: &mut Link, calendar: &Calendar) -> Result<(), Error> {
    let now = app.now();
    let mut tx = app.store.instance_read().await?;
    let channels = tx.push_channels(tenant, link.id).await?;
    tx.commit().await?;
    let lasting = channels.iter().any(|channel| lasts(channel, now));
    let mut opened = lasting;
    if !lasting && is_needed(app, link).0 {
        opened = open(app, tenant, link, calendar, now).await?;
    }
    for channel in channels.into_iter().filter(|channel| is_over(channel, opened, now)) {
        stop(app, calendar, channel).await?;
    }
    Ok(())
}

/// Whether [`keep_open`] opens a channel where there is none that is good until the time it names.
pub(crate) fn is_needed(app: &App, link: &Link) -> (bool, Timestamp) {
    (link.watchable && reachable(app), app.now().plus_seconds(EARLY))
}

fn lasts(channel: &PushChannel, now: Timestamp) -> bool {
    channel.state == ChannelState::Open && channel.expires_at > now.plus_seconds(EARLY)
}

/// Whether a channel is to be stopped. `replaced` says whether there is one that lasts.
fn is_over(channel: &PushChannel, replaced: bool, now: Timestamp) -> bool {
    let ended = channel.expires_at <= now;
    let early = replaced && channel.expires_at <= now.plus_seconds(EARLY);
    let abandoned = channel.state == ChannelState::Opening && channel.created_at.plus_seconds(600) < now;
    channel.state == ChannelState::Closing || ended || early || abandoned
}

/// Google posts to https only; a sandbox on the same machine takes plain loopback addresses.
fn reachable(app: &App) -> bool {
    let loopback = app.callback_url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    let google = portico_google::Endpoints::google();
    app.callback_url.scheme() == "https" || (loopback && app.google != google)
}

async fn open(
    app: &App,
    tenant: TenantId,
    link: &mut Link,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<bool, Error> {
    let mut secret = [0; 32];
    app.world.rng.fill(&mut secret);
    let token = hex::encode(secret);
    let lifetime = i64::try_from(LIFETIME.as_secs()).unwrap_or(i64::MAX);
    let mut channel = PushChannel {
        id: app.world.new_uuid().to_string(),
        tenant,
        link: link.id,
        token_digest: digest(&token),
        resource_id: None,
        expires_at: now.plus_seconds(lifetime),
        state: ChannelState::Opening,
        created_at: now,
    };
    // Only while the run may still write: what ended meanwhile begins no channel.
    let mut tx = app.store.tenant(tenant).await?;
    tx.hold_lease(link.id, link.fence, now.plus_seconds(sync_calendar::LEASE)).await?;
    tx.put_push_channel(&channel).await?;
    app.commit(tx).await?;
    let mut address = app.callback_url.clone();
    address.set_path("/hooks/google/calendar");
    address.set_query(None);
    let wish = NewChannel {
        id: channel.id.clone(),
        address: address.to_string(),
        token: SecretString::from(token),
        lifetime: Some(LIFETIME),
    };
    match calendar.events(&link.google_calendar_id).watch(&wish).await {
        Ok(begun) => {
            channel.resource_id = Some(begun.resource_id);
            channel.expires_at = begun.expiration.map_or(channel.expires_at, Timestamp::from);
            channel.state = ChannelState::Open;
            let mut tx = app.store.tenant(tenant).await?;
            tx.put_push_channel(&channel).await?;
            app.commit(tx).await?;
            Ok(true)
        }
        Err(error) => {
            tracing::info!(link = %link.id, error = %error, "Google does not push for this calendar now; it is polled");
            if matches!(error.kind(), Kind::Invalid | Kind::Permission) {
                link.watchable = false;
                let mut tx = app.store.tenant(tenant).await?;
                tx.hold_lease(link.id, link.fence, now.plus_seconds(sync_calendar::LEASE)).await?;
                tx.put_pull_state(link).await?;
                app.commit(tx).await?;
            }
            if !error.may_have_taken_effect() {
                let mut tx = app.store.instance().await?;
                tx.delete_push_channel(&channel.id).await?;
                tx.commit().await?;
            }
            Ok(false)
        }
    }
}

/// Stops a channel at Google; one that cannot be stopped ends by itself, and its messages are refused.
async fn stop(app: &App, calendar: &Calendar, channel: PushChannel) -> Result<(), Error> {
    let mut tx = app.store.instance().await?;
    tx.delete_push_channel(&channel.id).await?;
    tx.commit().await?;
    if let Some(resource) = &channel.resource_id
        && let Err(error) = calendar.channels().stop(&channel.id, resource).await
    {
        tracing::debug!(channel = channel.id, error = %error, "a channel could not be stopped; it ends by itself");
    }
    Ok(())
}

/// A link ends: messages on its channels are refused from now on. Its next run stops them at Google, while the grant is
/// there; where the connection ends as well, [`stop_ended`] does before the grant is given back.
pub(crate) async fn close_all(tx: &mut TenantTx, link: LinkId) -> Result<(), Error> {
    Ok(tx.close_push_channels(link).await?)
}

/// Stops at Google what was closed here with a link that has ended. `client` speaks for the connection that opened it.
pub(crate) async fn stop_closed(
    app: &App,
    tenant: TenantId,
    link: LinkId,
    client: impl FnOnce() -> portico_google::Client,
) -> Result<(), Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let mut channels = tx.push_channels(link).await?;
    tx.end().await?;
    channels.retain(|channel| channel.state == ChannelState::Closing);
    if channels.is_empty() {
        return Ok(());
    }
    let calendar = Calendar::new(client());
    for channel in channels {
        stop(app, &calendar, channel).await?;
    }
    Ok(())
}

/// Stops at Google what was closed here with its connection, by the grant that is to be given back. What does not work ends
/// by itself, and keeps nobody from giving the grant back.
pub(crate) async fn stop_ended(
    app: &App,
    tenant: TenantId,
    connection: ConnectionId,
    oauth: &OAuth,
    refresh_token: &SecretString,
) -> Result<(), Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let mut channels = Vec::new();
    for link in tx.links_of_connection(connection).await? {
        channels.extend(tx.push_channels(link.id).await?);
    }
    tx.end().await?;
    // One that Google is just being asked for stays: its late answer must find it closed.
    channels.retain(|channel| channel.state == ChannelState::Closing && channel.resource_id.is_some());
    if channels.is_empty() {
        return Ok(());
    }
    let token = match oauth.refresh(refresh_token).await {
        Ok(tokens) => StaticToken::new(tokens.access_token),
        Err(error) => {
            tracing::debug!(%connection, %error, "channels of a connection that ended could not be stopped");
            return Ok(());
        }
    };
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let client = Client::new(app.transport.clone(), app.world.clone(), app.google.clone(), Arc::new(token))
        .with_quota(app.google_quota.clone(), connection.to_string().as_str())
        .with_retry(once);
    let calendar = Calendar::new(client);
    for channel in channels {
        stop(app, &calendar, channel).await?;
    }
    Ok(())
}
