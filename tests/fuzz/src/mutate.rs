use portico_world::Rng;

/// Numbers at which lengths and signs go wrong.
const EDGES: [u8; 10] = [0, 1, 9, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff];
/// Pieces that mean something to one reader or another.
const PIECES: [&[u8]; 14] = [
    b"\r\n\r\n",
    b"\n",
    b"--",
    b"--x--",
    b"\"",
    b"{",
    b"[",
    b"%00",
    b"%",
    b"=?utf-8?B?",
    b"&state=",
    b"\xff\xfe",
    "\u{feff}\u{202e}語".as_bytes(),
    b"99999999999999999999",
];

fn below(rng: &dyn Rng, bound: usize) -> usize {
    usize::try_from(rng.below(bound as u64)).unwrap_or(0)
}

/// One of `good`, altered in one to eight ways.
pub fn altered(good: &[&[u8]], rng: &dyn Rng) -> Vec<u8> {
    let mut input = good.get(below(rng, good.len())).map_or_else(Vec::new, |input| input.to_vec());
    for _ in 0..=below(rng, 8) {
        alter(&mut input, good, rng);
    }
    input
}

fn alter(input: &mut Vec<u8>, good: &[&[u8]], rng: &dyn Rng) {
    let at = below(rng, input.len() + 1);
    let length = 1 + below(rng, 1 << below(rng, 8));
    let until = (at + length).min(input.len());
    match rng.below(9) {
        0 if at < input.len() => input[at] ^= 1 << rng.below(8),
        1 if at < input.len() => input[at] = EDGES[below(rng, EDGES.len())],
        2 if at < input.len() => input[at] = rng.next_u64().to_le_bytes()[0],
        3 => drop(input.drain(at..until)),
        4 => input.truncate(at),
        5 => {
            let piece = input[at..until].to_vec();
            input.splice(at..at, piece);
        }
        6 => drop(input.splice(at..at, PIECES[below(rng, PIECES.len())].iter().copied())),
        7 => {
            let mut noise = vec![0; length];
            rng.fill(&mut noise);
            input.splice(at..until, noise);
        }
        _ => {
            let Some(other) = good.get(below(rng, good.len())) else { return };
            let from = below(rng, other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
    }
}
