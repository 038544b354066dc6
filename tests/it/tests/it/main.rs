//! The product through its HTTP door. Every case runs on SQLite and on PostgreSQL under the service's own role, with the
//! sandbox as Google in the same process and a clock that moves only when it is told to.

mod access;
mod calendars;
mod channels;
mod conflicts;
mod consent;
mod contract;
mod events;
mod faults;
mod following;
mod guard;
mod guests;
mod hidden_guests;
mod identity;
mod in_flight;
mod links;
mod live;
mod meet;
mod moves;
mod portal;
mod queries;
mod quota;
mod reconnect;
mod resets;
mod restart;
mod scopes;
mod secrets;
mod series;
mod series_at_google;
mod shared_links;
mod sign_in;
mod states;
mod tenants;
mod tokens;
mod transactions;
mod unreadable;
