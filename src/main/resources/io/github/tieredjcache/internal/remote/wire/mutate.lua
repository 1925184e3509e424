-- Applies one mutation, if its guard holds.
--   1 guard: 'A' always, 'N' no entry, 'P' an entry, 'V' and the entry's version, 'L' and the lease, 'F' and the right to load
--   2 action: 'S' set, 'R' remove, 'T' touch if that is due, 'K' keep: give the lease back and change nothing,
--     'X' extend the lease by the lifetime of a new entry, 'E' end what is there of the entry
--   3 version of the new entry
--   4 lifetime in ms of a new entry, 5 of a replaced or touched one: 0 ends it, -1 leaves it, -2 is for ever
--   6 flags: 'a' waits for a lease, 'o' wants the old cell, 'w' wants the cell that made the guard fail,
--     'v' ends an entry whose lease was lost, 'k' keeps the lease, 'd' drops what is there where there is no memory for what is new
--   7 value to set
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local guard = string.sub(ARGV[1], 1, 1)
local word = string.sub(ARGV[1], 2)
local action = ARGV[2]
local flags = ARGV[6]
local now = clock()
local seen = look(key, now)
local existed = seen.exists and 1 or 0

local function flagged(flag)
  return string.find(flags, flag, 1, true) ~= nil
end

local function cellIf(flag)
  if seen.exists and flagged(flag) then
    return whole(key)
  end
  return false
end

-- Ends what is there of the entry, because the source may have it otherwise by now. Another's lease stays his, but what he commits
-- is not stored: nobody knows which of the two the source got last.
local function void()
  if seen.leased then
    local doubted = redis.pcall('SETRANGE', key, LEASE_HEAD - 1, '\3')
    if type(doubted) == 'number' then
      redis.call('PEXPIREAT', key, millis(seen.till))
      return
    end
  end
  redis.call('DEL', key)
end

local function failed()
  return { FAILED, existed, seen.exists and remaining(seen.deadline, now) or NOTHING, cellIf('w') }
end

if guard == 'L' then
  if not (seen.leased and seen.lease == word) then
    if flagged('v') then
      void()
    end
    return { FAILED, existed, NOTHING, false }
  end
  if seen.doubted and (action == 'S' or action == 'R') then
    if not flagged('k') then
      redis.call('DEL', key)
    end
    return { FAILED, 0, NOTHING, false }
  end
elseif guard == 'F' then
  if not (seen.loading and seen.lease == word) then
    return failed()
  end
elseif seen.leased and flagged('a') then
  return { BUSY, existed, seen.till - now, false }
elseif guard == 'N' and seen.exists then
  return failed()
elseif guard == 'P' and not seen.exists then
  return failed()
elseif guard == 'V' and not (seen.exists and seen.version == word) then
  return failed()
end

local old = cellIf('o')

if action == 'T' then
  local lifetime = tonumber(ARGV[5])
  -- The caller has looked, with a deadline that errs early: only if another node was faster there is nothing to do.
  if not (isTouchDue(seen, lifetime, now, 0.05) and touch(key, seen, lifetime, now)) then
    return failed()
  end
  return { APPLIED, existed, lifetime, old }
end

-- What is done under a lease that is kept leaves it where it is.
local function remove()
  if flagged('k') then
    local stored = store(key, leased(WRITING, word, seen.till, 0, NO_VERSION, 0, ''), seen.till)
    if stored.err then
      if flagged('v') then
        redis.call('DEL', key)
      end
      return stored
    end
  else
    redis.call('DEL', key)
  end
  return { APPLIED, existed, NOTHING, old }
end

if action == 'E' then
  void()
  return { APPLIED, existed, NOTHING, false }
end

if action == 'R' then
  return remove()
end

if action == 'X' then
  -- Without memory the lease ends as it would have.
  local extended = extend(key, seen, now + tonumber(ARGV[4]), existed == 1 or seen.ended)
  if extended.err then
    return extended
  end
  return { APPLIED, existed, NOTHING, false }
end

if action == 'K' then
  if not seen.exists and not (guard == 'F' and seen.ended) then
    redis.call('DEL', key)
    return { APPLIED, existed, NOTHING, old }
  end
  -- Without memory the lease stays until it ends by itself.
  local body = string.sub(redis.call('GET', key), seen.body)
  local kept = store(key, header(VALUE, seen.version, seen.deadline) .. body, dropped(seen.deadline))
  if kept.err then
    return kept
  end
  return { APPLIED, existed, seen.exists and remaining(seen.deadline, now) or NOTHING, old }
end

-- The holder of a lease decided on what he read when he took it, so he names one lifetime.
local lifetime = tonumber((seen.exists or guard == 'L') and ARGV[5] or ARGV[4])
local deadline = now + lifetime
if lifetime == -1 then
  deadline = seen.deadline
elseif lifetime == ETERNAL then
  deadline = 0
end
if lifetime == 0 or (deadline ~= 0 and now > deadline) then
  return remove()
end
local stored
if flagged('k') then
  local vanishing = flagged('v')
  local cell = leased(WRITING, word, seen.till, vanishing and 2 or 1, ARGV[3], deadline, ARGV[7])
  stored = store(key, cell, leasedUntil(seen.till, vanishing, true, deadline))
else
  stored = store(key, header(VALUE, ARGV[3], deadline) .. ARGV[7], dropped(deadline))
end
if stored.err then
  if guard == 'L' and flagged('v') then
    redis.call('DEL', key)
  end
  if flagged('d') and string.find(stored.err, 'OOM', 1, true) then
    redis.call('DEL', key)
    return { DROPPED, existed, NOTHING, old }
  end
  return stored
end
watch(key)
return { APPLIED, existed, remaining(deadline, now), old }
