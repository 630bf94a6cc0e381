//! The project's own load: bots that play and named scenes, for tests, benches, examples and lone players.
