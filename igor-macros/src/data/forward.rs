//! The user's type as TypeScript sees it: what its shadow says.
