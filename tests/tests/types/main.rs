//! What TypeScript is told of a type is true: values of many types go both ways, and what cannot
//! be true is refused.

#[macro_use]
mod row;
mod changes;
mod client;
mod compiler;
mod examination;
mod invention;
mod page;
mod refused;
mod report;
mod rows;
mod schema;
mod told;
