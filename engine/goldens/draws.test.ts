/** The first draws of every distribution and arrival process, bit by bit. */
import { expect, test } from 'vitest';
import { drawGoldens, GOLDEN_DIGEST } from './draws.ts';

test('every first draw has its published bits', () => {
  expect(drawGoldens().shown).toMatchInlineSnapshot(`
    {
      "bursty": [
        3977,
        2123,
        11201,
        2936,
      ],
      "clamped": [
        "401c7e09e0cdb133",
        "4020000000000000",
        "4020000000000000",
        "4002456b7e73434b",
      ],
      "constant": [
        "4004000000000000",
        "4004000000000000",
        "4004000000000000",
        "4004000000000000",
      ],
      "diurnalSinusoid": [
        20010754,
        56010482,
        134232293,
        62053472,
      ],
      "diurnalTable": [
        1014157,
        2574426,
        190870,
        1067739,
      ],
      "empirical": [
        "4020000000000000",
        "4020000000000000",
        "4000000000000000",
        "4000000000000000",
      ],
      "exponential": [
        "3ff01d1771788809",
        "3ffd627adba86b50",
        "3fffba3a2e55ec66",
        "401613ba9360b448",
      ],
      "lognormal": [
        "4079696dbf86b719",
        "4040c36567b05e18",
        "404650fc5afa90cd",
        "4034ea461841fd1d",
      ],
      "mixture": [
        "3fe759c75a174248",
        "3ffe852b96b22aad",
        "3feaf602a9a1480a",
        "40027ed6c1deab24",
      ],
      "normal": [
        "401c801172adadd0",
        "402be777e8ab8cdd",
        "401e46dbb8aa33b0",
        "4024f48035f71644",
      ],
      "pareto": [
        "40165fc4ce49cfa2",
        "400c231dacc033de",
        "400029839f56f626",
        "4008ce95b66712d9",
      ],
      "poisson": [
        15043,
        17271,
        58722,
        4708,
      ],
      "recorded": [
        0,
        300000,
        0,
        21450000,
      ],
      "redrawn": [
        "3ff51d8d33659c93",
        "3fe8134e7c52aa79",
        "3fffc0b602d61e0c",
        "3ff58f6f66463533",
      ],
      "renewal": [
        128162,
        219481,
        39096,
        134301,
      ],
      "uniform": [
        "bfac385558000000",
        "bfdff93fbb400000",
        "3fcfbaf2f3000000",
        "40043c461a600000",
      ],
      "weibull": [
        "3fc3725f0fde66f5",
        "402cdbef9d5dc8f0",
        "401384e964cbb243",
        "40243cf763d776dd",
      ],
      "zipf": [
        "4051800000000000",
        "406f000000000000",
        "4000000000000000",
        "4081500000000000",
      ],
    }
  `);
});

test('all draws together have the published digest', () => {
  expect(drawGoldens().digest).toBe(GOLDEN_DIGEST);
});
