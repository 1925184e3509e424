-- Reads an entry, or takes the right to load it: a placeholder, which whoever writes replaces.
--   1 what the right is known by  2 its length in ms  3 'o' takes over the right that another has
-- Whoever may load, or must wait, is given the value that has ended, if there is one; and whoever must wait for a load what the right
-- of the other is known by.
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local now = clock()
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
if seen.leased or (seen.loading and ARGV[3] ~= 'o') then
  return { BUSY, 0, seen.till - now, ended, seen.loading and seen.lease or false }
end
local till = now + tonumber(ARGV[2])
if ended then
  cell = leased(LOADING, ARGV[1], till, 1, seen.version, seen.deadline, body)
else
  cell = leased(LOADING, ARGV[1], till, 0, NO_VERSION, 0, '')
end
local stored = store(key, cell, leasedUntil(till, false, ended, seen.deadline))
if stored.err then
  return stored
end
watch(key)
return { APPLIED, 0, NOTHING, ended }
