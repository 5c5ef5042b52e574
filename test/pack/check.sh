#!/usr/bin/env bash
# Whether the product works outside its checkout: packed, installed in an empty folder, started through its `bin`; and whether a
# strategy file of any folder can `import … from 'autotrading'` there and from the checkout. Ends with `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$PWD
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
passed=0 failed=0

# expect NAME COMMAND...: the command must succeed; its output is shown when it does not.
expect() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok     $name"
  else
    failed=$((failed + 1))
    echo "not ok $name"
    printf '%s\n' "$output" | sed 's/^/         /'
  fi
}

# exits CODE TEXT COMMAND...: the command must end with this code and say this text.
exits() {
  local code=$1 text=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  printf '%s\n(exit %s)\n' "$output" "$status"
  [ "$status" = "$code" ] && grep -qF -- "$text" <<<"$output"
}

# ---- A user's files, in a folder with a space and without a package.json

user="$temporary/my strategies"
mkdir "$user"
cat >"$user/good.ts" <<'TS'
import { InputError, assert, createPrng, type Fault } from 'autotrading'
import { MathError, metrics } from 'autotrading/math'
import { HOUR, everyHours, fundingHoursAt, parseTime } from 'autotrading/time'
const fault: Fault = new InputError('x', 'y').fault
assert(fault === 'input' && new MathError('empty', 'y') instanceof Error, 'it is our class')
assert(metrics.volatility([createPrng(1).float(), 1]) > 0 && HOUR > 0, 'the mathematics answer')
assert(fundingHoursAt(everyHours(8), parseTime('2024-03-12T13:45Z')) === 8, 'the calendar answers')
export const strategy = { name: 'mine' as const }
TS
cat >"$user/bad.ts" <<'TS'
import { InputError } from 'autotrading'
throw new InputError('mine', 'the lookback is 0', { next: 'Give 1 or more' })
TS

# The last sentence is told only when the error's class is the running program's own.
strategies() {
  local name=$1 program=$2
  expect "$name: a strategy file of another folder imports from autotrading" exits 0 'it exports strategy' "$program" doctor --strategy "$user/good.ts"
  expect "$name: its errors are the program's errors" exits 1 'Give 1 or more' "$program" doctor --strategy "$user/bad.ts"
}

cd "$user"
strategies checkout "$checkout/autotrading"
ln -s "$checkout/autotrading" "$temporary/linked"
strategies 'checkout through a link' "$temporary/linked"

# ---- The package

cd "$checkout"
expect 'npm pack builds and packs' bash -c "npm pack --silent --pack-destination '$temporary' >'$temporary/name'"
package="$temporary/$(tail -n 1 "$temporary/name")"
contents=$(tar tzf "$package" | sed 's|^package/||' | sort)
for file in autotrading LICENSE README.md CHANGELOG.md package.json dist/index.js dist/index.d.ts dist/cli/main.js dist/cli/self-import.js; do
  expect "the package holds $file" grep -qxF "$file" <<<"$contents"
done
expect 'the package holds no source, test or benchmark' bash -c "! grep -E '^(src|test|bench)/|\.test\.' <<<'$contents'"
expect 'publint finds nothing wrong' node_modules/.bin/node node_modules/publint/src/cli.js "$package"

# ---- Installed in an empty folder

mkdir "$temporary/installed"
cd "$temporary/installed"
echo '{ "private": true, "type": "module" }' >package.json
expect 'npm install of the package' npm install --no-fund --no-audit "$package"
installed="$temporary/installed/node_modules/.bin/autotrading"
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$checkout/package.json")
expect 'the installed program tells its version' exits 0 "$version" "$installed" --version
expect 'it runs under the pinned Node' exits 0 'the pinned one' "$installed" doctor
expect 'it runs from another folder' env -C / "$installed" --help
strategies installed "$installed"
cp "$user/good.ts" mine.ts
expect 'the types reach a strategy file' "$checkout/node_modules/.bin/node" "$checkout/node_modules/typescript7/bin/tsc" --noEmit --strict --module nodenext \
  --target es2024 --erasableSyntaxOnly --skipLibCheck mine.ts

# ---- Both run the same

if grep -q "name: 'backtest'" "$checkout/src/cli/commands.ts"; then
  bars="$temporary/BTCUSDT-1h.csv"
  awk 'BEGIN {
    print "open_time_ms,open,high,low,close,volume"
    x = 500000
    for (i = 0; i < 2000; i += 1) {
      y = 500000 + int(40000 * sin(i / 60)) + (i * 7919) % 4001
      printf "%d000,%.1f,%.1f,%.1f,%.1f,10\n", 1640995200 + i * 3600, x / 10, ((x > y ? x : y) + 200) / 10, ((x < y ? x : y) - 200) / 10, y / 10
      x = y
    }
  }' >"$bars"
  digest() { "$1" backtest --strategy ema-cross --data "$bars" --participation none --capital 10000000 --json 2>/dev/null | grep -o '"digest":"[^"]*"'; }
  same_digest() {
    local here there
    here=$(digest "$checkout/autotrading")
    there=$(digest "$installed")
    echo "checkout $here, installed $there"
    [ -n "$here" ] && [ "$here" = "$there" ]
  }
  expect 'checkout and installed package give the same digest' same_digest
  # Their worker threads are files of their own, found from the source as from dist/.
  cat >"$user/late.ts" <<'TS'
import { defineStrategy } from 'autotrading'
import { readFileSync } from 'node:fs'
const rows = readFileSync(import.meta.filename, 'utf8').split('\n')
export default defineStrategy({
  name: 'late',
  description: 'Reads a file.',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create: () => ({ state: {}, onBar: (bar) => (bar.close > rows.length ? undefined : { direction: 0, reason: 'never' }) }),
})
TS
  audits() {
    expect "$1: audit passes an honest strategy" exits 0 'PASS' "$2" audit --quick --strategy ema-cross --param qty=0.01 --data "$bars"
    expect "$1: audit catches one that reads files" exits 1 'reads-files' "$2" audit --quick --strategy "$user/late.ts" --data "$bars"
  }
  audits checkout "$checkout/autotrading"
  audits installed "$installed"
fi

# ---- Installed without install scripts: told how to repair, and repaired

rm -rf node_modules
expect 'npm install without scripts' npm install --no-fund --no-audit --ignore-scripts "$package"
expect 'the program says how to repair it' exits 3 'npm rebuild node --ignore-scripts=false' "$installed" --version
expect 'the repair' npm rebuild node --ignore-scripts=false
expect 'then it runs' exits 0 "$version" "$installed" --version

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
