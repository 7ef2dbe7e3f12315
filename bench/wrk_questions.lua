-- The paths of a file, one a line, asked one after another; the result is a line of numbers: microseconds of the median and of
-- the 99th of 100, requests, answers that failed, microseconds in all.
local questions, at = {}, 0

function init()
    for path in io.lines(os.getenv("QUESTIONS")) do
        questions[#questions + 1] = wrk.format("GET", path)
    end
end

function request()
    at = at % #questions + 1
    return questions[at]
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d\n", latency:percentile(50), latency:percentile(99), summary.requests,
                           e.status + e.connect + e.read + e.write + e.timeout, summary.duration))
end
