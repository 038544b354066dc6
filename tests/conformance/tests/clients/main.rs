//! Our library and Google's own clients play the same scenarios, service by service, and are answered the same.

mod calendar;
mod directory;
mod drive;
mod frame;
mod gmail;
mod meet;
mod people;
