-- Reads the values of keys, as many as one answer may hold.
--   KEYS the keys
--   ARGV 1 the most bytes of a value  2 the most bytes of the answer  3 '1' if it holds the first value however large that is
-- Answers for each key its value; nothing if it has none, or one of another type; 0 if it did not fit, and is to be asked for again; 1 if
-- it is larger than any may be, and is not answered.
local most = tonumber(ARGV[1])
local room = tonumber(ARGV[2])
local first = ARGV[3] == '1'
local full = false
local answers = {}
for i, key in ipairs(KEYS) do
  local value = not full and redis.pcall('GETRANGE', key, 0, most)
  if type(value) == 'table' and not string.find(value.err, 'WRONGTYPE', 1, true) then
    return value
  elseif full then
    answers[i] = 0
  elseif type(value) ~= 'string' or #value == 0 then
    answers[i] = false
  elseif #value > most then
    answers[i] = 1
  elseif #value > room and not (first and i == 1) then
    answers[i] = 0
    full = true
  else
    answers[i] = value
    room = room - #value
  end
end
return answers
