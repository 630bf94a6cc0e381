//! Ratings: how good players are, by results. No objects: numbers in, numbers out.

use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use trespasser::rating::{EloDef, Rating, System, TeamResult, WengLinDef, places};
use trespasser::world::PLAYERS;

/// A way to rate.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum tp_rating_system {
    /// Weng-Lin with the full Bradley-Terry model: for teams, and it knows how sure it is.
    WengLin = 0,
    /// Elo, generalised to teams and places.
    Elo = 1,
}

/// How players are rated. 80 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_rating_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// tp_rating_system: of the fields below, its own count.
    pub system: u32,
    /// Elo: the most that a match moves a player of equal teams, points, 1 to 400.
    pub elo_k: f64,
    /// Elo: value of a newcomer, points, -5000 to 5000.
    pub elo_newcomer: f64,
    /// Weng-Lin: value of a newcomer, points, -5000 to 5000.
    pub newcomer: f64,
    /// Weng-Lin: deviation of a newcomer, points, 10 to 5000.
    pub deviation: f64,
    /// Weng-Lin: luck in a single player's result, points, 100 to 5000.
    pub beta: f64,
    /// Weng-Lin: how a team's luck grows with its mean size, 0 to 1.
    pub growth: f64,
    /// Weng-Lin: what a pair among n teams is worth: (n - 1)^-crowd, 0 to 1.
    pub crowd: f64,
    /// Weng-Lin: how far skill drifts from one match to the next, points, 0 to 500.
    pub drift: f64,
    /// Weng-Lin: how far skill drifts in a day without a match, points, 0 to 500.
    pub rest: f64,
}

const _: () = assert!(size_of::<tp_rating_def>() == 80);

impl tp_rating_def {
    pub(crate) fn engine(&self) -> Outcome<System> {
        let system = match self.system {
            0 => System::WengLin(WengLinDef {
                newcomer: self.newcomer,
                deviation: self.deviation,
                beta: self.beta,
                growth: self.growth,
                crowd: self.crowd,
                drift: self.drift,
                rest: self.rest,
            }),
            1 => System::Elo(EloDef { k: self.elo_k, newcomer: self.elo_newcomer }),
            other => return Err(Fail::invalid("def->system", other, "a tp_rating_system, 0 or 1")),
        };
        system.validate()?;
        Ok(system)
    }
}

/// What is thought of a player. 16 bytes; keep both numbers as they are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_rating {
    /// Skill, points, -10000 to 10000; 400 points are ten wins to one in Elo.
    pub value: f64,
    /// How far the skill may be off, one standard deviation, points, 0 to 10000. Elo leaves it as it is.
    pub deviation: f64,
}

const _: () = assert!(size_of::<tp_rating>() == 16);

impl From<&tp_rating> for Rating {
    fn from(r: &tp_rating) -> Rating {
        Rating { value: r.value, deviation: r.deviation }
    }
}

impl From<&Rating> for tp_rating {
    fn from(r: &Rating) -> tp_rating {
        tp_rating { value: r.value, deviation: r.deviation }
    }
}

/// # Safety
/// As [`pointer::definition`].
unsafe fn system(def: *const tp_rating_def) -> Outcome<System> {
    // SAFETY: this function's contract.
    unsafe { pointer::definition(def, tp_rating_default_def(), &[80], "def")? }.engine()
}

/// The players of up to 8 teams, one team behind the other, and where each team's end.
struct Teams {
    ratings: [Rating; PLAYERS],
    sizes: [usize; PLAYERS],
    teams: usize,
    players: usize,
}

impl Teams {
    /// # Safety
    /// `team_sizes` is null or can be read for `team_count` numbers, `ratings` for as many as these sum to.
    unsafe fn read(ratings: *const tp_rating, team_sizes: *const u8, team_count: usize) -> Outcome<Teams> {
        if !(2..=PLAYERS).contains(&team_count) {
            return Err(Fail::invalid("team_count", team_count, "2 to 8 teams"));
        }
        let none = Rating { value: 0.0, deviation: 0.0 };
        let mut teams = Teams { ratings: [none; PLAYERS], sizes: [0; PLAYERS], teams: team_count, players: 0 };
        // SAFETY: this function's contract.
        let sizes = unsafe { pointer::array(team_sizes, team_count, "team_sizes")? };
        for (size, number) in teams.sizes.iter_mut().zip(sizes) {
            *size = usize::from(*number);
            teams.players += *size;
        }
        if teams.players > PLAYERS {
            return Err(Fail::invalid("team_sizes", teams.players, "at most 8 players in all teams together"));
        }
        // SAFETY: this function's contract.
        let given = unsafe { pointer::array(ratings, teams.players, "ratings")? };
        for (rating, given) in teams.ratings.iter_mut().zip(given) {
            *rating = given.into();
        }
        Ok(teams)
    }

    fn lists(&self) -> Vec<&[Rating]> {
        let mut rest = &self.ratings[..];
        self.sizes[..self.teams]
            .iter()
            .map(|size| {
                let (team, others) = rest.split_at(*size);
                rest = others;
                team
            })
            .collect()
    }
}

/// Weng-Lin with its defaults; those of Elo stand beside them. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_rating_default_def() -> tp_rating_def {
    let def = tp_rating_def {
        size: size_of::<tp_rating_def>() as u32,
        system: tp_rating_system::WengLin as u32,
        elo_k: 0.0,
        elo_newcomer: 0.0,
        newcomer: 0.0,
        deviation: 0.0,
        beta: 0.0,
        growth: 0.0,
        crowd: 0.0,
        drift: 0.0,
        rest: 0.0,
    };
    guarded!(or def, {
        let EloDef { k, newcomer: elo_newcomer } = EloDef::default();
        let WengLinDef { newcomer, deviation, beta, growth, crowd, drift, rest } = WengLinDef::default();
        Ok(tp_rating_def { elo_k: k, elo_newcomer, newcomer, deviation, beta, growth, crowd, drift, rest, ..def })
    })
}

/// The rating of a player who has not played. Borrows `def` for the call. Any thread. INVALID_ARGUMENT names the field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_newcomer(def: *const tp_rating_def, out_rating: *mut tp_rating) -> tp_result {
    guarded!({
        let system = system(def)?;
        let out = Out::new(out_rating, "out_rating")?;
        out.set((&system.newcomer()).into());
        Ok(())
    })
}

/// Rates a finished match: 2 to 8 teams, `team_count` of them, of at least one player each and 8 in all. `ratings` has the
/// players' ratings, one team behind the other, as many of each as team_sizes says; `places` where each team came in, 1 to
/// 8, equal ones for a draw. The new ratings go into out_ratings, of the same length, which may be `ratings` itself.
/// Borrows all but the last for the call. Any thread, as long as nobody else writes out_ratings. INVALID_ARGUMENT for a
/// definition, a rating, a size or a place out of its range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_rate(
    def: *const tp_rating_def,
    ratings: *const tp_rating,
    team_sizes: *const u8,
    places: *const u8,
    team_count: usize,
    out_ratings: *mut tp_rating,
) -> tp_result {
    guarded!({
        let system = system(def)?;
        let mut teams = Teams::read(ratings, team_sizes, team_count)?;
        let places = pointer::array(places, team_count, "places")?;
        let mut written = 0;
        let out = OutArray::new(out_ratings, teams.players, &raw mut written, "out_ratings")?;
        let mut rest = &mut teams.ratings[..];
        let mut results = Vec::with_capacity(team_count);
        for (size, place) in teams.sizes.iter().zip(places) {
            let (members, others) = rest.split_at_mut(*size);
            results.push(TeamResult { place: *place, members });
            rest = others;
        }
        system.rate(&mut results)?;
        out.fill(teams.ratings[..teams.players].iter().map(Into::into))
    })
}

/// The chance of each team to come in first, of teams as in tp_rating_rate; they sum to 1. Into the caller's array of
/// `capacity` elements, team_count at least. Borrows the inputs for the call. Any thread. INVALID_ARGUMENT as
/// tp_rating_rate; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_win_chances(
    def: *const tp_rating_def,
    ratings: *const tp_rating,
    team_sizes: *const u8,
    team_count: usize,
    out_chances: *mut f64,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let system = system(def)?;
        let teams = Teams::read(ratings, team_sizes, team_count)?;
        let out = OutArray::new(out_chances, capacity, out_count, "out_chances")?;
        out.fill(system.win_chances(&teams.lists())?.into_iter())
    })
}

/// How even a match of teams as in tp_rating_rate would be, 0: decided before it begins, to 1: every team as likely to win
/// as the next. Borrows the inputs for the call. Any thread. INVALID_ARGUMENT as tp_rating_rate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_quality(
    def: *const tp_rating_def,
    ratings: *const tp_rating,
    team_sizes: *const u8,
    team_count: usize,
    out_quality: *mut f64,
) -> tp_result {
    guarded!({
        let system = system(def)?;
        let teams = Teams::read(ratings, team_sizes, team_count)?;
        let out = Out::new(out_quality, "out_quality")?;
        out.set(system.quality(&teams.lists())?);
        Ok(())
    })
}

/// The rating after days without a match, 0 to 36525: Weng-Lin grows less sure, Elo stays. Borrows `def` and `rating` for
/// the call. Any thread. INVALID_ARGUMENT for a definition, a rating or days out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_rest(
    def: *const tp_rating_def,
    rating: *const tp_rating,
    days: f64,
    out_rating: *mut tp_rating,
) -> tp_result {
    guarded!({
        let system = system(def)?;
        let rating = pointer::value(rating, "rating")?;
        let out = Out::new(out_rating, "out_rating")?;
        out.set((&system.rest((&rating).into(), days)?).into());
        Ok(())
    })
}

/// What to show and to rank by, points: Elo's value; for Weng-Lin the value less three deviations. Borrows `def` and
/// `rating` for the call. Any thread. INVALID_ARGUMENT for a definition or a rating out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_points(
    def: *const tp_rating_def,
    rating: *const tp_rating,
    out_points: *mut f64,
) -> tp_result {
    guarded!({
        let system = system(def)?;
        let rating = pointer::value(rating, "rating")?;
        let out = Out::new(out_points, "out_points")?;
        out.set(system.points((&rating).into())?);
        Ok(())
    })
}

/// The places of 2 to 8 teams by their kills, or whatever counts, `count` of them: the most is first, equals share a place
/// and leave the next ones out. Into the caller's array of `capacity` elements. Borrows `kills` for the call. Any thread.
/// INVALID_ARGUMENT for another number of teams; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_rating_places(
    kills: *const u32,
    count: usize,
    out_places: *mut u8,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        if !(2..=PLAYERS).contains(&count) {
            return Err(Fail::invalid("count", count, "2 to 8 teams"));
        }
        let kills = pointer::array(kills, count, "kills")?;
        let out = OutArray::new(out_places, capacity, out_count, "out_places")?;
        out.fill(places(kills)?.into_iter())
    })
}
