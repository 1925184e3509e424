-- Reads an entry and takes its write lease.
--   1 lease  2 its length in ms  3 'v' if the old value ends with the lease
-- Who has it already, and did not get the answer, takes it again.
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local lease = ARGV[1]
local vanishing = ARGV[3] == 'v'
local now = clock()
local seen = look(key, now)
if seen.leased and seen.lease ~= lease then
  return { BUSY, 0, seen.till - now, false }
end
local till = now + tonumber(ARGV[2])
local old = 0
local body = ''
local version = NO_VERSION
local deadline = 0
local before = seen.exists and whole(key)
if before then
  old = vanishing and 2 or 1
  body = string.sub(before, seen.body)
  version = seen.version
  deadline = seen.deadline
end
local cell = leased(WRITING, lease, till, old, version, deadline, body)
local stored = store(key, cell, leasedUntil(till, vanishing, before, deadline))
if stored.err then
  return stored
end
if before then
  return { APPLIED, 1, remaining(deadline, now), cell }
end
return { APPLIED, 0, NOTHING, false }
