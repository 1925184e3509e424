-- What stands in a key, for the scripts that follow. Cell.java describes the same bytes.
--   1 'T'  2 format version  3 kind  4 whether the entry is kept when it has ended (1) or Redis drops it then (0)  5-20 version  21-28 deadline by the server's clock in ms, 0 for none
--   kind 'V': the value from 29 on
--   kind 'W': 29-44 lease  45-52 its end  53 the old value (0 none, 1 stays, 2 ends with the lease, 3 in doubt: absent, and so is what
--     the holder commits)  54- the old value
--   kind 'L': the same, where the old value has ended (1) or is not there (0): somebody loads it; absent to all others
-- All other cells, and all keys of another type, count as absent, and whoever writes replaces them.
-- KEYS 1 the key, in a script of several the keys, and last the number of the cache's epoch; the last of ARGV is the caller's number, the second last the most bytes that a cell
-- may have, so that no larger one is moved, and the one before it says for how
-- many ms an entry is kept when it has ended, absent to all but those who load it and may have nothing better. A script of an epoch that is
-- over changes nothing, so that nothing is ever added to what a clear left behind, and no answer is given of it.
-- Like Redis itself, a deadline is over only once the clock shows more than it.

local VALUE = 'T\1V'
local WRITING = 'T\1W'
local LOADING = 'T\1L'
local HEAD = 28
local LEASE_HEAD = 53
local ETERNAL = -2
local NOTHING = -1

-- The answer of a script is { status, whether there was an entry, remaining ms, a cell or nil }; some add to it.
local FAILED = 0
local APPLIED = 1
local BUSY = 2
local MOVED = 3
local DROPPED = 4

local NO_VERSION = string.rep('\0', 16)

local STALE = tonumber(ARGV[#ARGV - 2])
local MOST = tonumber(ARGV[#ARGV - 1])
local KEPT_AT = 3
local KEPT = STALE > 0 and '\1' or '\0'

local function isOver()
  return redis.pcall('GET', KEYS[#KEYS]) ~= ARGV[#ARGV]
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Reads what the head of the cell says; the value stays where it is.
local function look(key, now)
  local seen = { exists = false, leased = false, deadline = 0 }
  local head = redis.pcall('GETRANGE', key, 0, LEASE_HEAD - 1)
  if type(head) ~= 'string' then
    return seen
  end
  local mark = string.sub(head, 1, 3)
  if string.byte(head, 4) ~= 0 and string.byte(head, 4) ~= 1 then
    return seen
  end
  if mark == VALUE and #head >= HEAD then
    seen.exists = true
    seen.body = HEAD + 1
  elseif mark == WRITING and #head == LEASE_HEAD then
    local lease, till, old = struct.unpack('>c16I8B', head, HEAD + 1)
    seen.lease = lease
    seen.till = till
    seen.leased = now <= till
    seen.vanishing = old == 2
    seen.doubted = old == 3
    seen.exists = old == 1 or (old == 2 and seen.leased)
    seen.body = LEASE_HEAD + 1
  elseif mark == LOADING and #head == LEASE_HEAD then
    local lease, till, old = struct.unpack('>c16I8B', head, HEAD + 1)
    seen.lease = lease
    seen.till = till
    seen.loading = now <= till
    seen.ended = old == 1
    seen.body = LEASE_HEAD + 1
  else
    return seen
  end
  seen.version = string.sub(head, 5, 20)
  seen.deadline = struct.unpack('>I8', head, 21)
  if seen.exists and seen.deadline ~= 0 and now > seen.deadline then
    seen.exists = false
    seen.ended = mark == VALUE
  end
  return seen
end

-- The cell; nothing if it is larger than any may be.
local function whole(key)
  local cell = redis.call('GETRANGE', key, 0, MOST)
  if #cell > MOST then
    return false
  end
  return cell
end

local function remaining(deadline, now)
  if deadline == 0 then
    return ETERNAL
  end
  return deadline - now
end

local function header(mark, version, deadline)
  return mark .. KEPT .. version .. struct.pack('>I8', deadline)
end

-- A cell under a lease; what it holds of the entry is there (1), ends with the lease (2), or is not (0).
local function leased(mark, lease, till, old, version, deadline, body)
  return header(mark, version, deadline) .. struct.pack('>c16I8B', lease, till, old) .. body
end

local function millis(number)
  return string.format('%.0f', number)
end

-- When Redis is to drop an entry with this deadline; 0 for never.
local function dropped(deadline)
  if deadline == 0 then
    return 0
  end
  return deadline + STALE
end

-- Answers what Redis answers: a table with 'err' in it if there is no memory left.
local function store(key, cell, ends)
  if ends == 0 then
    return redis.pcall('SET', key, cell)
  end
  return redis.pcall('SET', key, cell, 'PXAT', millis(ends))
end

-- One's own write ends the server's watch over the key for its author; a look at it begins it again.
local function watch(key)
  redis.call('EXISTS', key)
end

-- When Redis is to drop a key under a lease: not before the lease ends, or the lease would be lost.
local function leasedUntil(till, vanishing, hasOld, deadline)
  if vanishing or not hasOld then
    return till
  end
  if deadline == 0 then
    return 0
  end
  return math.max(till, dropped(deadline))
end

-- Lets a lease end later. Answers a table, with 'err' in it if there is no memory left; then nothing is changed.
local function extend(key, seen, till, hasOld)
  local written = redis.pcall('SETRANGE', key, HEAD + 16, struct.pack('>I8', till))
  if type(written) ~= 'number' then
    return written
  end
  local ends = leasedUntil(till, seen.vanishing, hasOld, seen.deadline)
  if ends == 0 then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIREAT', key, millis(ends))
  end
  watch(key)
  return {}
end

-- Lifetime.isTouchDue says why not every access moves a deadline: it must be off by more than this share of the lifetime.
local function isTouchDue(seen, lifetime, now, share)
  if lifetime == ETERNAL or seen.deadline == 0 then
    return lifetime ~= ETERNAL or seen.deadline ~= 0
  end
  return math.abs(now + lifetime - seen.deadline) > lifetime * share
end

-- Gives the entry another lifetime: 0 ends it, ETERNAL takes its deadline away. Without memory nothing is changed, and the
-- answer is false.
local function touch(key, seen, lifetime, now)
  if lifetime == 0 then
    if seen.leased then
      redis.pcall('SETRANGE', key, LEASE_HEAD - 1, '\0')
      redis.call('PEXPIREAT', key, millis(seen.till))
    else
      redis.call('DEL', key)
    end
    return true
  end
  local deadline = 0
  if lifetime ~= ETERNAL then
    deadline = now + lifetime
  end
  local ends = dropped(deadline)
  if seen.leased then
    ends = leasedUntil(seen.till, seen.vanishing, true, deadline)
  end
  local written = redis.pcall('SETRANGE', key, 20, struct.pack('>I8', deadline))
  if type(written) ~= 'number' then
    return false
  end
  redis.pcall('SETRANGE', key, KEPT_AT, KEPT)
  if ends == 0 then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIREAT', key, millis(ends))
  end
  watch(key)
  return true
end

