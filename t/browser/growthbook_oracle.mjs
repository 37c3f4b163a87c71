// Differential test: random conditions, features and experiments are evaluated
// by the driver (core/ in C) and by the GrowthBook SDK; both must agree.
//
//   node growthbook_oracle.mjs DRIVER [CASES] [SEED]
//
// Prints TAP.  The same seed gives the same cases.

import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { evalCondition, GrowthBook, StickyBucketServiceSync } from '@growthbook/growthbook';

const [driver, cases = '4000', seed = '1'] = process.argv.slice(2);

// The SDK reports every unknown operator of the lenient cases.
console.error = () => {};

let state = Number(seed) >>> 0;

// mulberry32
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const below = (n) => Math.floor(random() * n);
const chance = (p) => random() < p;
const pick = (list) => list[below(list.length)];
const times = (n, make) => Array.from({ length: n }, make);

const numbers = [0, 1, 2, 3, -1, 5, 9, 10, 1.5, 0.1, 100, 1e21, 1e-7, 123456789012, -0.5, 9007199254740993, 31];

const strings = [
  ...'0 1 10 9 -1 1.5 0x1f 0b11 0o17 1e3 .5 5. . + abc ABC Abc b true false null undefined'.split(' '),
  ...'NaN Infinity -Infinity 1,2 [object_Object] 1_000 1e 0x é É straße STRASSE Ελλάδα ΕΛΛΆΔΑ'.split(' '),
  '',
  ' ',
  ' 5 ',
  '\u00a07\ufeff',
  'a\nb',
  '\u{1d4b3}',
  '\ue000',
  '\uffff',
  '\u{1f600}x',
  'a\u0000b',
  'I\u0307\u0130i\u0307',
];

const versions = [
  ...'1.0.0 v1.0.0 1.2.3 1.10.0 1.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.11 1.0.0-rc.1+build.5 2'.split(' '),
  ...'1.0 1.0.0.0 10000.0.0 123456.0.0 1-2-3 1..2 vv1.0.0 1.0.0+x 1.0.0-é -1 +5 v'.split(' '),
];

const patterns = [
  ...'^a b$ ^abc$ . ^$ [0-9]+ (a|b)c? ^(?!abc) a/b \\d+ \\w \\s null ^\\[object [^a-z] x{2} a.b ('.split(' '),
  ...'[ *a a{ \\u00e9 (?:a|(b))\\1 $a ^[A-Z][a-z]+$ é [é-ü]'.split(' '),
];

const scalar = () => {
  const kind = below(10);
  if (kind < 4) return pick(strings);
  if (kind < 7) return pick(numbers);
  if (kind < 8) return chance(0.5);
  if (kind < 9) return pick(versions);
  return null;
};

const keys = ['a', 'b', 'c', '0', '1', '10', 'x y', 'é'];

const json = (depth = 0) => {
  if (depth > 3 || chance(0.65)) return scalar();
  if (chance(0.6)) return times(below(5), () => json(depth + 1));
  return Object.fromEntries(times(below(4), () => [pick(keys), json(depth + 1)]));
};

const attributes = () => {
  const all = {};
  for (const name of ['a', 'b', 'c', 'd', 'list', 'object', 'version']) {
    if (chance(0.2)) continue;
    all[name] =
      name === 'list'
        ? times(below(5), () => json(1))
        : name === 'version'
          ? pick(versions)
          : name === 'object'
            ? { a: json(1), b: { a: json(2), list: times(below(3), () => json(2)) } }
            : json();
  }
  if (chance(0.9)) all.id = chance(0.8) ? `user${below(1000)}` : scalar();
  if (chance(0.5)) all.device = chance(0.8) ? `dev${below(1000)}` : json();
  return all;
};

const paths = [
  ...'a b c d list object version nope id object.a object.b object.b.a object.b.list.0'.split(' '),
  ...'list.0 list.1 list.length list.0.a list.a object.b.list.length a.b .a'.split(' '),
];

const groups = () => ({
  g1: times(below(6), scalar),
  g2: { type: 'list', attributeKey: pick(paths), values: times(below(6), scalar) },
  g3: { type: 'condition', condition: condition(3) },
  g4: { type: 'condition', condition: { $savedGroup: { id: pick(['g1', 'g2', 'g3', 'g4']) } } },
  g5: { type: 'later' },
});

const list = (depth) => times(below(5), () => (chance(0.9) ? scalar() : json(depth)));

const operator = (depth) => {
  const name = pick([
    ...'$eq $ne $gt $gte $lt $lte $in $nin $ini $nini $exists $type $size $elemMatch $all $alli'.split(' '),
    ...'$regex $regexi $not $veq $vne $vgt $vgte $vlt $vlte $inGroup $notInGroup'.split(' '),
    ...(chance(0.05) ? ['$gtt', '$and'] : []),
  ]);
  return [name, operand(name, depth)];
};

const operand = (name, depth) => {
  if (chance(0.02) && name !== '$elemMatch') return json();
  switch (name) {
    case '$eq':
    case '$ne':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return chance(0.95) ? scalar() : json();
    case '$in':
    case '$nin':
    case '$ini':
    case '$nini':
      return list(depth);
    case '$exists':
      return chance(0.9) ? chance(0.5) : scalar();
    case '$type':
      return pick(['string', 'number', 'boolean', 'array', 'object', 'null', 'undefined', 'x']);
    case '$size':
      return chance(0.5) ? below(4) : tests(depth + 1);
    case '$elemMatch':
      return chance(0.6) ? tests(depth + 1) : condition(depth + 1);
    case '$all':
    case '$alli':
      return times(below(3), () => (chance(0.8) ? scalar() : value(depth + 1)));
    case '$regex':
    case '$regexi':
      return pick(patterns);
    case '$not':
      return value(depth + 1);
    case '$inGroup':
    case '$notInGroup':
      return pick(['g1', 'g2', 'g3', 'g5', 'g9']);
    default:
      return chance(0.95) ? pick(versions) : scalar();
  }
};

const tests = (depth) => Object.fromEntries(times(1 + below(2), () => operator(depth)));

const value = (depth) => {
  if (depth > 5 || chance(0.3)) return json();
  return tests(depth);
};

const condition = (depth = 0) => {
  const result = {};
  for (let n = 1 + below(3); n > 0; n--) {
    const kind = depth < 4 ? below(12) : 0;
    if (kind === 1) result.$or = times(below(4), () => condition(depth + 1));
    else if (kind === 2) result.$and = times(below(4), () => condition(depth + 1));
    else if (kind === 3) result.$nor = times(below(4), () => condition(depth + 1));
    else if (kind === 4) result.$not = condition(depth + 1);
    else if (kind === 5 && chance(0.5))
      result.$savedGroup = {
        id: pick(['g1', 'g2', 'g3', 'g4', 'g9']),
        ...(chance(0.3) ? { attributeKey: pick(paths) } : {}),
      };
    else result[pick(paths)] = value(depth);
  }
  return result;
};

const share = () => Math.round(random() * 100) / 100;
const range = () => [share(), share()].sort((x, y) => x - y);
const weights = (n) => {
  const parts = times(n, () => 1 + below(9));
  const sum = parts.reduce((x, y) => x + y, 0);
  return parts.map((part) => (chance(0.95) ? part / sum : 0.9));
};

const maybe = (p, name, make) => (chance(p) ? { [name]: make() } : {});
const filter = () => ({
  seed: pick(['s', 'pricing', 'é']),
  ranges: times(1 + below(2), range),
  ...maybe(0.3, 'attribute', () => pick(['id', 'device', 'a'])),
  ...maybe(0.3, 'hashVersion', () => pick([1, 2, 3])),
});

const targeting = () => ({
  ...maybe(0.4, 'condition', () => condition(2)),
  ...maybe(0.5, 'coverage', () => (chance(0.8) ? share() : pick([0, 1, -1, 2]))),
  ...maybe(0.4, 'hashAttribute', () => pick(['id', 'device', 'a', 'nope', ''])),
  ...maybe(0.4, 'fallbackAttribute', () => pick(['device', 'id', 'b', ''])),
  ...maybe(0.6, 'hashVersion', () => pick([1, 2, 2, 2, 0, 3])),
  ...maybe(0.4, 'seed', () => pick(['seed', '', 'ü\u{1f600}'])),
  ...maybe(0.2, 'filters', () => times(below(3), filter)),
  ...maybe(0.15, 'disableStickyBucketing', () => chance(0.5)),
});

const experiment = () => {
  const n = chance(0.95) ? 2 + below(3) : below(2);
  return {
    variations: times(n, () => json(2)),
    ...targeting(),
    ...maybe(0.7, 'key', () => pick(['exp1', 'exp2', 'exp3', 'é'])),
    ...maybe(0.4, 'weights', () => weights(chance(0.9) ? n : n + 1)),
    ...maybe(0.3, 'ranges', () => times(chance(0.9) ? n : n + 1, range)),
    ...maybe(0.2, 'namespace', () => [pick(['ns', 'other']), ...range()]),
    ...maybe(0.5, 'meta', () =>
      times(n, (_, i) => ({
        ...maybe(0.8, 'key', () => pick([`v${i}`, `${i}`, 'v0'])),
        ...maybe(0.3, 'name', () => `variation ${i}`),
        ...maybe(0.1, 'passthrough', () => true),
      })),
    ),
    ...maybe(0.4, 'bucketVersion', () => below(4)),
    ...maybe(0.2, 'minBucketVersion', () => below(4)),
  };
};

const parents = () =>
  times(1 + below(2), () => ({
    id: pick(['f1', 'f2', 'f3', 'f4', 'none']),
    condition: chance(0.1)
      ? {}
      : {
          [pick(['value', 'value', 'value', 'value.a', 'value.0', 'other'])]: chance(0.3)
            ? { $exists: chance(0.8) }
            : value(3),
        },
    ...maybe(0.5, 'gate', () => chance(0.6)),
  }));

const rule = () => ({
  ...maybe(0.5, 'id', () => `rule${below(9)}`),
  ...maybe(0.15, 'parentConditions', parents),
  ...(chance(0.5)
    ? { force: json(2), ...targeting(), ...maybe(0.2, 'range', range) }
    : chance(0.95)
      ? experiment()
      : {}),
});

const feature = () => ({
  ...maybe(0.8, 'defaultValue', () => json(2)),
  ...maybe(0.9, 'rules', () => times(1 + below(4), rule)),
});

const docs = (who) => {
  const all = {};
  for (const name of ['id', 'device', 'a', 'b']) {
    if (!who[name] || chance(0.3)) continue;
    const text = typeof who[name] === 'string' ? who[name] : JSON.stringify(who[name]);
    all[`${name}||${text}`] = {
      attributeName: name,
      attributeValue: text,
      assignments: Object.fromEntries(
        times(below(3), () => [
          `${pick(['exp1', 'exp2', 'exp3', 'f1'])}__${below(4)}`,
          pick(['v0', 'v1', 'v2', '0', '1', 'gone']),
        ]),
      ),
    };
  }
  return all;
};

// Who somebody is, is no list and no object, and a key of the documents.
const identify = (who) => {
  for (const name of ['id', 'device', 'a', 'b']) {
    if (typeof who[name] === 'object' || String(who[name]).includes('\0')) who[name] = `${name}${below(100)}`;
  }
};

const context = (sticky) => {
  const who = attributes();
  if (sticky) identify(who);
  return {
    attributes: who,
    features: {
      f1: sticky ? { rules: times(1 + below(3), experiment) } : feature(),
      f2: feature(),
      f3: feature(),
      f4: feature(),
    },
    savedGroups: groups(),
    ...maybe(0.1, 'forcedVariations', () => ({ exp1: below(4) - 1, f1: 1 })),
    ...maybe(
      0.1,
      'url',
      () => `https://shop.example/?${pick(['exp1', 'f1', 'x'])}=${pick(['0', '1', '7', 'x', '-1', ''])}#a`,
    ),
    ...maybe(0.03, 'enabled', () => false),
    ...maybe(0.05, 'qaMode', () => true),
    ...(sticky ? { stickyBucketAssignmentDocs: docs(who) } : {}),
  };
};

// The SDK wants a service besides the documents.
class Store extends StickyBucketServiceSync {
  getAssignmentsSync() {
    return null;
  }
  saveAssignmentsSync() {}
}

const sdk = (ctx) =>
  new GrowthBook({
    ...structuredClone(ctx),
    ...(ctx.stickyBucketAssignmentDocs ? { stickyBucketService: new Store() } : {}),
  });

// undefined and what is not JSON vanish, as they do on the driver's side
const plain = (x) => (x === undefined ? null : JSON.parse(JSON.stringify(x)));

const kinds = {
  evalCondition: {
    share: 0.5,
    make: () => ['', condition(), attributes(), null, groups()],
    oracle: ([, cond, who, , saved]) => evalCondition(who, cond, saved),
  },
  feature: {
    share: 0.2,
    make: () => ['', context(false), 'f1'],
    oracle: ([, ctx, key]) => sdk(ctx).evalFeature(key),
  },
  stickyBucket: {
    share: 0.15,
    make: () => ['', context(true), 'f1'],
    oracle: ([, ctx, key]) => {
      const gb = sdk(ctx);
      const result = gb.evalFeature(key).experimentResult;
      return { experimentResult: result ?? null, docs: gb.getStickyBucketAssignmentDocs() };
    },
  },
  run: {
    share: 0.15,
    make: () => [
      '',
      context(chance(0.3)),
      {
        key: 'exp1',
        ...experiment(),
        ...maybe(0.1, 'force', () => below(4) - 1),
        ...maybe(0.1, 'active', () => chance(0.5)),
        ...maybe(0.1, 'status', () => pick(['draft', 'running', 'stopped'])),
        ...maybe(0.2, 'parentConditions', parents),
      },
    ],
    oracle: ([, ctx, exp]) => {
      const r = sdk(ctx).run(structuredClone(exp));
      return [r.value ?? null, r.inExperiment, r.hashUsed, r.key, r.stickyBucketUsed, r.hashAttribute, r.hashValue];
    },
    ours: (a) => {
      const r = a.experimentResult;
      return [...a.result, r.key, r.stickyBucketUsed, r.hashAttribute, r.hashValue];
    },
  },
};

const ours = (kind, answer) => {
  if (!('result' in answer)) return answer;
  return kinds[kind].ours ? kinds[kind].ours(answer) : answer.result;
};

const requests = [];
const expected = [];
const skipped = {};

for (const [kind, { share: part, make, oracle }] of Object.entries(kinds)) {
  for (let n = Math.round(Number(cases) * part); n > 0; n--) {
    const input = plain(make());
    let result;
    try {
      result = plain(oracle(input));
    } catch {
      // malformed in a way the SDK has no answer to
      skipped[kind] = (skipped[kind] ?? 0) + 1;
      continue;
    }
    requests.push({ section: kind, case: input });
    expected.push(result);
  }
}

const run = spawnSync(driver, {
  input: `${requests.map((request) => JSON.stringify(request)).join('\n')}\n`,
  maxBuffer: 1 << 30,
  encoding: 'utf8',
});
const answers = run.status === 0 ? run.stdout.trimEnd().split('\n') : [];

console.log(`1..${Object.keys(kinds).length + 1}`);
console.log(
  `${answers.length === requests.length ? 'ok' : 'not ok'} 1 - the driver answers each of ${requests.length} requests`,
);
if (run.status !== 0) console.log(`# status ${run.status} signal ${run.signal} ${run.error ?? ''} ${run.stderr}`);

let number = 1;
let failed = answers.length !== requests.length;

for (const kind of Object.keys(kinds)) {
  const counts = new Map();
  let total = 0;
  let different = 0;

  answers.forEach((line, i) => {
    if (requests[i].section !== kind) return;
    const got = ours(kind, JSON.parse(line));
    const key = JSON.stringify(expected[i]).slice(0, 200);
    total++;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (isDeepStrictEqual(got, expected[i])) return;
    different++;
    if (different > 5) return;
    console.log(`# case     ${JSON.stringify(requests[i])}`);
    console.log(`# expected ${JSON.stringify(expected[i])}`);
    console.log(`# got      ${JSON.stringify(got)}`);
  });

  failed ||= different > 0 || counts.size < 2;
  console.log(
    `${different === 0 && counts.size > 1 ? 'ok' : 'not ok'} ${++number} - ${kind}: ${total - different} of ${total} agree` +
      ` (seed ${seed}, ${counts.size} outcomes, ${skipped[kind] ?? 0} without an answer)`,
  );
}

process.exitCode = failed ? 1 : 0;
