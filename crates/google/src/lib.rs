#![doc = include_str!("../README.md")]

pub mod auth;
mod batch;
pub mod calendar;
mod client;
mod credentials;
pub mod directory;
pub mod drive;
mod endpoints;
mod envelope;
mod error;
pub mod gmail;
mod int64;
mod listed;
pub mod meet;
mod paging;
mod patch;
pub mod people;
pub mod push;
pub mod quota;
mod request;
mod resource;
mod retry;
pub mod scopes;
mod service;
pub mod upload;

pub use futures;
pub use http;
pub use jiff;
pub use portico_transport::{Answer, HttpClient, Transport, TransportError};
pub use portico_world::{Clock, ExposeSecret, Rng, SecretString, World};

pub use client::Client;
pub use credentials::{Credentials, StaticToken, TokenFuture};
pub use endpoints::Endpoints;
pub use error::{Error, Kind, Next};
pub use int64::Int64;
pub use listed::{Listed, UnreadableItem};
pub use paging::{Items, Page, items};
pub use patch::Patch;
pub use quota::Quota;
pub use request::Request;
pub use retry::RetryPolicy;
pub use scopes::ScopeSet;
pub use service::GoogleService;
