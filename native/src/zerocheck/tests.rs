use super::pairs::Pairs;
use super::*;
use crate::expression::{Expressions, Interaction, Node};
use crate::lanes::SCALE;
use ark_std::{test_rng, UniformRand};

/// Whichever way the inner loop is compiled, it does what the plain one does.
#[test]
fn lanes_evaluate_as_the_plain_loop() {
    use Node::{Add, Column, Constant, Mul, Sub};
    let mut rng = test_rng();
    // (3 a − b)(a b) + (b − 7) c + 2^40 a
    let nodes = vec![
        Column(0),
        Column(1),
        Column(2),
        Constant(3),
        Constant(-7),
        Constant(1 << 40),
        Mul(0, 3),
        Sub(6, 1),
        Mul(0, 1),
        Mul(7, 8),
        Add(1, 4),
        Mul(10, 2),
        Add(9, 11),
        Mul(0, 5),
        Add(12, 13),
    ];
    let interaction =
        Interaction { bus: 1, negative: false, multiplicity: 8, entries: vec![(14, 0)] };
    let expressions = Expressions::new(nodes, vec![14, 9], vec![interaction], 3).unwrap();
    for rows in [1, 2, 15, 16, 17, 31, 33, 150] {
        let cells: Vec<i64> = (0..3 * rows as i64).map(|i| (i * i) % 1001 - 500).collect();
        let table = Table::new(expressions.clone(), 3, 8, rows, cells).unwrap();
        let columns = Columns { tables: vec![table] };
        let mut weights = Weights {
            fingerprint: Fingerprint::of(&columns, Fr::rand(&mut rng), Fr::rand(&mut rng)),
            interactions: vec![Fr::rand(&mut rng)],
            delta: Fr::rand(&mut rng),
            first: 0,
            power: Fr::rand(&mut rng),
        };
        let table = &columns.tables[0];
        let mut sum = TableSum::new(table, &mut weights);
        sum.fold(table, Fr::rand(&mut rng));
        let pairs = sum.rows.div_ceil(2);
        let eq: Vec<Fr> = (0..pairs).map(|_| Fr::rand(&mut rng)).collect();
        let folded = sum.folded.as_ref().unwrap();
        let unscale = Fr::from(SCALE).inverse().unwrap();
        for points in [POINTS, [1, -1, -2]] {
            let (start, end, eq, scale) = (0, pairs, &eq[..], SCALE);
            let plain = Pairs { sum: &sum, table, eq, start, end, points, scale }
                .evaluate(|column| (folded[column].as_slice(), |value| value * unscale));
            assert_eq!(sum.evaluate(table, eq, 0, pairs, points), plain);
        }
    }
}
