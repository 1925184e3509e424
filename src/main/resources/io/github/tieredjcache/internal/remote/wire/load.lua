-- Reads entries, or grants load leases for them: a load lease is a placeholder in the key, and any write of the key replaces it.
--   1 length of the leases in ms  2 'o' takes over load leases of other holders  3- the id of the lease of each key
-- Replies for each key. A granted lease and a busy key come with the expired value, if it is kept; a key that is busy with a load comes
-- with the id of that load's lease, too.
local over = isOver()
local now = clock()

local function turn(key, right)
  if over then
    return { MOVED, 0, NOTHING, false }
  end
  local seen = look(key, now)
  local cell = (seen.exists or seen.ended) and whole(key)
  if seen.exists and cell then
    return { FAILED, 1, remaining(seen.deadline, now), cell }
  end
  local ended = false
  local body = ''
  -- Another node may keep it for longer than the caller wants to see it.
  if seen.ended and cell and now <= seen.deadline + STALE then
    body = string.sub(cell, seen.body)
    ended = header(VALUE, seen.version, seen.deadline) .. body
  end
  if seen.leased or (seen.loading and ARGV[2] ~= 'o') then
    return { BUSY, 0, seen.till - now, ended, seen.loading and seen.lease or false }
  end
  local till = now + tonumber(ARGV[1])
  if ended then
    cell = leased(LOADING, right, till, 1, seen.version, seen.deadline, body)
  else
    cell = leased(LOADING, right, till, 0, NO_VERSION, 0, '')
  end
  local stored = store(key, cell, leasedUntil(till, false, ended, seen.deadline))
  if stored.err then
    return stored
  end
  watch(key)
  return { APPLIED, 0, NOTHING, ended }
end

local turns = {}
for i = 1, #KEYS - 1 do
  turns[i] = turn(KEYS[i], ARGV[2 + i])
  if turns[i].err then
    return turns[i]
  end
end
return turns
