-- Reads an entry, or takes the right to load it: a placeholder, which whoever writes replaces.
--   1 what the right is known by  2 its length in ms
-- Whoever may load, or must wait, is given the value that has ended, if there is one.
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local now = clock()
local seen = look(key, now)
if seen.exists then
  return { FAILED, 1, remaining(seen.deadline, now), redis.call('GET', key) }
end
local ended = false
local body = ''
if seen.ended then
  body = string.sub(redis.call('GET', key), seen.body)
  ended = header(VALUE, seen.version, seen.deadline) .. body
end
if seen.leased or seen.loading then
  return { BUSY, 0, seen.till - now, ended }
end
local till = now + tonumber(ARGV[2])
local cell
if ended then
  cell = leased(LOADING, ARGV[1], till, 1, seen.version, seen.deadline, body)
else
  cell = leased(LOADING, ARGV[1], till, 0, NO_VERSION, 0, '')
end
local stored = store(key, cell, leasedUntil(till, false, seen.ended, seen.deadline))
if stored.err then
  return stored
end
watch(key)
return { APPLIED, 0, NOTHING, ended }
