-- Reads an entry and takes its write lease.
--   1 lease id  2 length of the lease in ms  3 'v' if the old value expires with the lease
-- A holder whose first reply was lost takes the same lease again.
if epochIsOver() then
  return { EPOCH_OVER, 0, NOTHING, false }
end
local key = KEYS[1]
local lease = ARGV[1]
local expiresWithLease = ARGV[3] == 'v'
local state = readState(key)
if state.leased and state.lease ~= lease then
  return { BUSY, 0, state.leaseEnd - now(), false }
end
local leaseEnd = now() + tonumber(ARGV[2])
local old = 0
local value = ''
local version = NO_VERSION
local deadline = 0
local kept = (state.exists or state.expired) and readWhole(key)
local before = state.exists and kept
if kept then
  old = (expiresWithLease and 2 or 1) + (state.expired and 3 or 0)
  value = string.sub(kept, state.valueAt)
  version = state.version
  deadline = state.deadline
end
local bytes = leased(WRITING, lease, leaseEnd, old, version, deadline, value)
local stored = store(key, bytes, leasedRemovalTime(leaseEnd, expiresWithLease, kept, deadline))
if stored.err then
  return stored
end
if before then
  return { APPLIED, 1, remaining(deadline), bytes }
end
return { APPLIED, 0, NOTHING, false }
