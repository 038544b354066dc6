//! Push channels: an instance table, because a push message names a channel and no tenant.

use portico_kernel::{LinkId, TenantId, Timestamp};
use uuid::Uuid;

use crate::{InstanceTx, StoreError, TenantTx, engine::on, text_enum::text_enum};

text_enum! {
    /// Where a channel stands.
    pub enum ChannelState {
        /// Google is being asked for it; its first message may come before the answer.
        Opening = "opening",
        /// It works.
        Open = "open",
        /// It is to be stopped at Google.
        Closing = "closing",
    }
}

/// A push channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushChannel {
    /// Our own id of it.
    pub id: String,
    /// Whose link.
    pub tenant: TenantId,
    /// Which link.
    pub link: LinkId,
    /// SHA-256 of its token.
    pub token_digest: Vec<u8>,
    /// Google's name of what is watched, once known.
    pub resource_id: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub state: ChannelState,
    /// When it was asked for.
    pub created_at: Timestamp,
}

type Columns = (String, Uuid, Uuid, Vec<u8>, Option<String>, i64, String, i64);

fn channel(row: Columns) -> Result<PushChannel, StoreError> {
    Ok(PushChannel {
        id: row.0,
        tenant: TenantId(row.1),
        link: LinkId(row.2),
        token_digest: row.3,
        resource_id: row.4,
        expires_at: Timestamp(row.5),
        state: ChannelState::parse(&row.6).ok_or(StoreError::Damaged { table: "push_channels" })?,
        created_at: Timestamp(row.7),
    })
}

const OF_LINK: &str = "SELECT channel_id, tenant_id, link_id, token_digest, resource_id, expires_at, state, created_at \
    FROM push_channels WHERE tenant_id = $1 AND link_id = $2 ORDER BY created_at, channel_id";

impl InstanceTx {
    /// The channel of this id.
    pub async fn push_channel(&mut self, id: &str) -> Result<Option<PushChannel>, StoreError> {
        let sql = "SELECT channel_id, tenant_id, link_id, token_digest, resource_id, expires_at, state, created_at \
                   FROM push_channels WHERE channel_id = $1";
        let row: Option<Columns> = on!(self.tx, conn => sqlx::query_as(sql).bind(id).fetch_optional(conn).await?);
        row.map(channel).transpose()
    }

    /// The channels of a link, the oldest first.
    pub async fn push_channels(&mut self, tenant: TenantId, link: LinkId) -> Result<Vec<PushChannel>, StoreError> {
        let rows: Vec<Columns> =
            on!(self.tx, conn => sqlx::query_as(OF_LINK).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        rows.into_iter().map(channel).collect()
    }

    /// Forgets a channel: a message that still comes on it is refused.
    pub async fn delete_push_channel(&mut self, id: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM push_channels WHERE channel_id = $1";
        on!(self.tx, conn => sqlx::query(sql).bind(id).execute(conn).await.map(drop)?);
        Ok(())
    }
}

impl TenantTx {
    /// The channels of one of the tenant's links, the oldest first.
    pub async fn push_channels(&mut self, link: LinkId) -> Result<Vec<PushChannel>, StoreError> {
        let tenant = self.tenant;
        let rows: Vec<Columns> =
            on!(self.tx, conn => sqlx::query_as(OF_LINK).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        rows.into_iter().map(channel).collect()
    }

    /// Writes a channel whole. One that is to be stopped does not open any more, whatever Google answers meanwhile.
    pub async fn put_push_channel(&mut self, channel: &PushChannel) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "INSERT INTO push_channels (tenant_id, channel_id, link_id, token_digest, resource_id, expires_at, state, \
                       created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (channel_id) DO UPDATE SET resource_id = excluded.resource_id, \
                       expires_at = excluded.expires_at, \
                       state = CASE push_channels.state WHEN 'closing' THEN 'closing' ELSE excluded.state END";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(&channel.id)
            .bind(channel.link.0)
            .bind(&channel.token_digest)
            .bind(&channel.resource_id)
            .bind(channel.expires_at.0)
            .bind(channel.state.as_str())
            .bind(channel.created_at.0)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Messages on a link's channels are refused from now on, in the transaction that ends the link.
    pub async fn close_push_channels(&mut self, link: LinkId) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE push_channels SET state = 'closing' WHERE tenant_id = $1 AND link_id = $2";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant.0).bind(link.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
