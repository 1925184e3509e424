-- Reads and writes the bytes of a stored entry. Script.java puts this text in front of the scripts that need it.
-- StoredEntryHeader.java describes the same bytes.
--   1 'T'  2 format version  3 kind  4 whether the entry is kept when it has expired (1) or Redis removes it then (0)
--   5-20 version  21-28 deadline by the server's clock in ms, 0 for none
--   kind 'V', a value: 29- the value
--   kind 'W', a write lease: 29-44 lease id  45-52 lease end  53 the old value (0 none, 1 stays,
--     2 expires with the lease, 3 in doubt: absent, and a commit of the holder is not stored, 4 has expired and stays,
--     5 has expired and is dropped with the lease)  54- the old value
--   kind 'L', a load lease: the same, where the old value has expired (1) or is absent (0); absent to all other callers
-- All other bytes, and all keys of another type, count as absent, and a write replaces them.
-- KEYS 1- the keys of the entries, one unless the script takes several
--      last: the key with the number of the cache's epoch
-- ARGV third last: for how many ms an expired entry is kept, absent to all but a load that may return it if it fails
--      second last: the maximum bytes of a stored entry, so that no larger one is read or sent
--      last: the number of the caller's epoch
-- A script whose epoch is over changes nothing and returns no entry, so that nothing is ever added to the leftovers of
-- a clear.
-- As in Redis itself, a deadline is over only once the clock shows more than the deadline.

local VALUE = 'T\1V'
local WRITING = 'T\1W'
local LOADING = 'T\1L'
local HEADER = 28
local LEASED_HEADER = 53
local ETERNAL = -2
local NOTHING = -1

-- The reply of a script is { status, whether there was an entry, remaining ms, a stored entry or nil }; load.lua
-- appends the id of a load lease.
local FAILED = 0
local APPLIED = 1
local BUSY = 2
local EPOCH_OVER = 3
local DROPPED = 4

local NO_VERSION = string.rep('\0', 16)

local STALE = tonumber(ARGV[#ARGV - 2])
local BYTES_MAX = tonumber(ARGV[#ARGV - 1])
local KEPT_AT = 3
local KEPT = STALE > 0 and '\1' or '\0'

local function epochIsOver()
  return redis.pcall('GET', KEYS[#KEYS]) ~= ARGV[#ARGV]
end

local nowMillis

-- Returns the time of the server in ms, read once: an eternal entry without a lease needs none.
local function now()
  if not nowMillis then
    local time = redis.call('TIME')
    nowMillis = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return nowMillis
end

-- Reads the header of the stored entry, without its value.
local function readState(key)
  local state = { exists = false, leased = false, deadline = 0 }
  local head = redis.pcall('GETRANGE', key, 0, LEASED_HEADER - 1)
  if type(head) ~= 'string' then
    return state
  end
  local mark = string.sub(head, 1, 3)
  if string.byte(head, 4) ~= 0 and string.byte(head, 4) ~= 1 then
    return state
  end
  if mark == VALUE and #head >= HEADER then
    state.exists = true
    state.valueAt = HEADER + 1
  elseif mark == WRITING and #head == LEASED_HEADER then
    local lease, leaseEnd, old = struct.unpack('>c16I8B', head, HEADER + 1)
    state.lease = lease
    state.leaseEnd = leaseEnd
    state.leased = now() <= leaseEnd
    state.expiresWithLease = old == 2 or old == 5
    state.inDoubt = old == 3
    state.exists = old == 1 or (old == 2 and state.leased)
    state.expired = old == 4 or (old == 5 and state.leased)
    state.valueAt = LEASED_HEADER + 1
  elseif mark == LOADING and #head == LEASED_HEADER then
    local lease, leaseEnd, old = struct.unpack('>c16I8B', head, HEADER + 1)
    state.lease = lease
    state.leaseEnd = leaseEnd
    state.loading = now() <= leaseEnd
    state.expired = old == 1
    state.valueAt = LEASED_HEADER + 1
  else
    return state
  end
  state.version = string.sub(head, 5, 20)
  state.deadline = struct.unpack('>I8', head, 21)
  if state.exists and state.deadline ~= 0 and now() > state.deadline then
    state.exists = false
    state.expired = true
  end
  -- The node that stored the entry may keep it for longer than this caller accepts it.
  state.expired = state.expired and now() <= state.deadline + STALE
  return state
end

-- Reads the stored entry; false if it is larger than the maximum.
local function readWhole(key)
  local bytes = redis.call('GETRANGE', key, 0, BYTES_MAX)
  if #bytes > BYTES_MAX then
    return false
  end
  return bytes
end

local function remaining(deadline)
  if deadline == 0 then
    return ETERNAL
  end
  return deadline - now()
end

local function header(mark, version, deadline)
  return mark .. KEPT .. version .. struct.pack('>I8', deadline)
end

-- Returns a stored entry under a lease; old is byte 53.
local function leased(mark, lease, leaseEnd, old, version, deadline, value)
  return header(mark, version, deadline) .. struct.pack('>c16I8B', lease, leaseEnd, old) .. value
end

local function millis(number)
  return string.format('%.0f', number)
end

-- Returns when Redis removes an entry with this deadline; 0 for never.
local function removalTime(deadline)
  if deadline == 0 then
    return 0
  end
  return deadline + STALE
end

-- Returns the reply of Redis: a table with 'err' in it if there is no memory left.
local function store(key, bytes, removeAt)
  if removeAt == 0 then
    return redis.pcall('SET', key, bytes)
  end
  return redis.pcall('SET', key, bytes, 'PXAT', millis(removeAt))
end

-- The server stops tracking a key for the client that writes it; a read begins the tracking again. One read for all
-- keys of a script: before version 7.2, each read tracks all of them.
local untracked = {}

local function track(key)
  untracked[#untracked + 1] = key
end

local function trackWritten()
  if #untracked > 0 then
    redis.call('EXISTS', unpack(untracked))
  end
end

-- Changes an entry that is stored already, also without memory: after a command that writes, even one that changes
-- nothing, a script may store without memory. Returns the reply of Redis.
local function rewrite(write, ...)
  local reply = write(...)
  if type(reply) == 'table' and reply.err and string.find(reply.err, 'OOM', 1, true) then
    redis.pcall('PERSIST', KEYS[#KEYS])
    reply = write(...)
  end
  return reply
end

-- Replaces the state of the old value of a write lease by one that is absent. Returns false, and changes nothing, if
-- Redis does not store it.
local function dropOld(key, state, old)
  if type(rewrite(redis.pcall, 'SETRANGE', key, LEASED_HEADER - 1, old)) ~= 'number' then
    return false
  end
  redis.call('PEXPIREAT', key, millis(state.leaseEnd))
  return true
end

-- Returns when Redis removes a key under a lease: not before the lease ends, or the lease would be lost.
local function leasedRemovalTime(leaseEnd, expiresWithLease, hasOld, deadline)
  if expiresWithLease or not hasOld then
    return leaseEnd
  end
  if deadline == 0 then
    return 0
  end
  return math.max(leaseEnd, removalTime(deadline))
end

-- Sets a later end of a lease. Returns a table, with 'err' in it if Redis does not store it; then nothing is changed.
local function extend(key, state, leaseEnd, hasOld)
  local written = rewrite(redis.pcall, 'SETRANGE', key, HEADER + 16, struct.pack('>I8', leaseEnd))
  if type(written) ~= 'number' then
    return written
  end
  local removeAt = leasedRemovalTime(leaseEnd, state.expiresWithLease, hasOld, state.deadline)
  if removeAt == 0 then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIREAT', key, millis(removeAt))
  end
  track(key)
  return {}
end

-- Returns whether an access moves the deadline: only if it is off by more than this share of the lifetime.
-- Lifetime.isTouchDue gives the reason.
local function isTouchDue(state, lifetime, share)
  if lifetime == ETERNAL or state.deadline == 0 then
    return lifetime ~= ETERNAL or state.deadline ~= 0
  end
  return math.abs(now() + lifetime - state.deadline) > lifetime * share
end

-- Gives the entry another lifetime: 0 expires it, ETERNAL removes its deadline. Returns false, and changes nothing, if
-- Redis does not store it.
local function touch(key, state, lifetime)
  if lifetime == 0 then
    if state.leased then
      return dropOld(key, state, '\0')
    end
    redis.call('DEL', key)
    return true
  end
  local deadline = 0
  if lifetime ~= ETERNAL then
    deadline = now() + lifetime
  end
  local removeAt = removalTime(deadline)
  if state.leased then
    removeAt = leasedRemovalTime(state.leaseEnd, state.expiresWithLease, true, deadline)
  end
  local written = rewrite(redis.pcall, 'SETRANGE', key, 20, struct.pack('>I8', deadline))
  if type(written) ~= 'number' then
    return false
  end
  redis.pcall('SETRANGE', key, KEPT_AT, KEPT)
  if removeAt == 0 then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIREAT', key, millis(removeAt))
  end
  track(key)
  return true
end

