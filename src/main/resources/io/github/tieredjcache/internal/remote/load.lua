-- Reads an entry, or takes the right to load it: a placeholder, which whoever writes replaces.
--   1 what the right is known by  2 its length in ms
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local now = clock()
local seen = look(key, now)
if seen.exists then
  return { FAILED, 1, remaining(seen.deadline, now), redis.call('GET', key) }
end
if seen.leased or seen.loading then
  return { BUSY, 0, seen.till - now, false }
end
local till = now + tonumber(ARGV[2])
local stored = store(key, leased(LOADING, ARGV[1], till, 0, NO_VERSION, 0, ''), till)
if stored.err then
  return stored
end
watch(key)
return { APPLIED, 0, NOTHING, false }
