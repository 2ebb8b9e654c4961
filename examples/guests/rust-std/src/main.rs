//! Unmodified std: sealed-bid auctions. Bids are private input, the public output says for each lot who
//! wins at the second-highest price. Every lot is settled by a thread of its own; a lot with a malformed bid
//! makes its thread panic, which is caught where it is joined.

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Bid {
    cents: u64,
    bidder: String,
}

impl Bid {
    /// `bidder euros.cents`
    fn parse(text: &str) -> Option<Self> {
        let (bidder, amount) = text.rsplit_once(' ')?;
        let (euros, cents) = amount.split_once('.')?;
        let cents: u64 = cents.parse().ok().filter(|cents| *cents < 100)?;
        Some(Self { cents: euros.parse::<u64>().ok()?.checked_mul(100)?.checked_add(cents)?, bidder: bidder.into() })
    }
}

struct Sale {
    winner: String,
    price: u64,
    average: f64,
}

fn settle(lot: &str, bids: &[String], reserve: u64) -> Option<Sale> {
    let mut bids: Vec<Bid> =
        bids.iter().map(|text| Bid::parse(text).unwrap_or_else(|| panic!("lot {lot}: {text:?}"))).collect();
    bids.sort_by(|a, b| b.cmp(a));
    bids.retain(|bid| bid.cents >= reserve);
    let best = bids.first()?;
    let price = bids.get(1).map_or(reserve, |bid| bid.cents);
    let average = bids.iter().map(|bid| bid.cents as f64 / 100.0).sum::<f64>() / bids.len() as f64;
    Some(Sale { winner: best.bidder.clone(), price, average })
}

/// Lots and their bids, from lines `lot: bid`.
fn read_bids(input: impl BufRead) -> io::Result<BTreeMap<String, Vec<String>>> {
    let mut lots: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in input.lines() {
        if let Some((lot, bid)) = line?.split_once(": ") {
            lots.entry(lot.into()).or_default().push(bid.into());
        }
    }
    Ok(lots)
}

fn main() -> ExitCode {
    let Some(reserve) = env::args().nth(1).and_then(|text| text.parse::<u64>().ok()) else {
        eprintln!("usage: rust-std RESERVE");
        return ExitCode::from(2);
    };
    let lots = match read_bids(io::stdin().lock()) {
        Ok(lots) => lots,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };

    let spent = Arc::new(Mutex::new(HashMap::new()));
    let (sender, results) = mpsc::channel();
    let threads: Vec<_> = lots
        .into_iter()
        .map(|(lot, bids)| {
            let (spent, sender) = (Arc::clone(&spent), sender.clone());
            thread::spawn(move || {
                let sale = settle(&lot, &bids, reserve);
                if let Some(sale) = &sale {
                    *spent.lock().expect("no holder panics").entry(sale.winner.clone()).or_insert(0) += sale.price;
                }
                sender.send((lot, bids.len(), sale)).expect("main listens");
            })
        })
        .collect();
    drop(sender);

    let mut results: Vec<_> = results.iter().collect();
    results.sort_by(|a, b| a.0.cmp(&b.0));
    let void = threads.into_iter().filter_map(|thread| thread.join().err()).count();

    let mut out = io::stdout().lock();
    for (lot, count, sale) in results {
        match sale {
            Some(Sale { winner, price, average }) => writeln!(
                out,
                "{lot:<8} {winner:>8} pays {:>6}.{:02} (average of valid bids {average:.3}, {count} bids)",
                price / 100,
                price % 100
            ),
            None => writeln!(out, "{lot:<8} not sold ({count} bids)"),
        }
        .expect("standard output takes all");
    }
    let spent = spent.lock().expect("all threads have ended");
    let mut spent: Vec<_> = spent.iter().collect();
    spent.sort();
    writeln!(out, "{spent:?}, {void} void").expect("standard output takes all");
    ExitCode::SUCCESS
}
