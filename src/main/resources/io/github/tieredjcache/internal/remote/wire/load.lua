-- Reads entries, or grants load leases for them: a load lease is a placeholder in the key, and any write of the key
-- replaces it.
--   1 length of the leases in ms  2 'o' takes over load leases of other holders  3- the id of the lease of each key
-- Returns a reply for each key; without the entry if it does not fit, unless it is the only key. The reply for a
-- granted lease or a busy key has the expired value, if it is kept; the reply for a key that is busy with a load has
-- the id of that load's lease, too.
local over = epochIsOver()
-- The maximum bytes of the entries in the reply: a call for many keys runs many scripts.
local left = 65536

local function grant(key, lease)
  if over then
    return { EPOCH_OVER, 0, NOTHING, false }
  end
  local state = readState(key)
  local bytes = (state.exists or state.expired) and readWhole(key)
  if state.exists and bytes then
    left = left - #bytes
    local returned = (left >= 0 or #KEYS == 2) and bytes
    return { FAILED, 1, remaining(state.deadline), returned }
  end
  local expired = false
  local value = ''
  if state.expired and bytes then
    value = string.sub(bytes, state.valueAt)
    expired = header(VALUE, state.version, state.deadline) .. value
  end
  if state.leased or (state.loading and ARGV[2] ~= 'o') then
    return { BUSY, 0, state.leaseEnd - now(), expired, state.loading and state.lease or false }
  end
  local leaseEnd = now() + tonumber(ARGV[1])
  if expired then
    bytes = leased(LOADING, lease, leaseEnd, 1, state.version, state.deadline, value)
  else
    bytes = leased(LOADING, lease, leaseEnd, 0, NO_VERSION, 0, '')
  end
  local stored = store(key, bytes, leasedRemovalTime(leaseEnd, false, expired, state.deadline))
  if stored.err then
    return stored
  end
  track(key)
  return { APPLIED, 0, NOTHING, expired }
end

local grants = {}
for i = 1, #KEYS - 1 do
  grants[i] = grant(KEYS[i], ARGV[2 + i])
  if grants[i].err then
    trackWritten()
    return grants[i]
  end
end
trackWritten()
return grants
