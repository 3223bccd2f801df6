-- SPDX-License-Identifier: Apache-2.0
-- wrk: POSTs JSON to /predict. VALENCE_BENCH_BODIES names a file with one body a line, sent in turn; without it one
-- text of 1,300 bytes is put together from the words below.
local words = {
  "the", "film", "was", "a", "wonderful", "surprise", "and", "its", "cast", "never", "boring", "although", "some",
  "scenes", "felt", "too", "long", "for", "such", "simple", "story", "I", "would", "watch", "it", "again", "with",
  "friends", "because", "music", "pictures", "dialogue", "are", "well", "made", "but", "ending", "disappointed", "me",
}

local function made_up_body()
  local parts, size, seed = {}, 0, 7
  while size < 1300 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local word = words[math.floor(seed / 65536) % #words + 1]
    parts[#parts + 1] = word
    size = size + #word + 1
  end
  return '{"text":"' .. string.sub(table.concat(parts, " "), 1, 1300) .. '"}'
end

local requests, last = {}, 0

function init()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local path = os.getenv("VALENCE_BENCH_BODIES")
  if path then
    for body in io.lines(path) do requests[#requests + 1] = wrk.format(nil, nil, nil, body) end
  else
    requests[1] = wrk.format(nil, nil, nil, made_up_body())
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end
