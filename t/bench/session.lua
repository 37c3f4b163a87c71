-- What a shop would write with nginx's Lua module instead: the same session in
-- Redis, 20 rules, and a message put into the page as it streams by.

local redis = require "nginx.redis"

local M = {}

-- the rules' parts that differ, as in Smartmsg::Bench::Site
local paths = {}
for i = 1, 19 do
    paths[i] = "/landing/" .. i
end

local function decide(ctx)
    local session, visitor = ctx.session, ctx.visitor
    local views = tonumber(session.views) or 0
    local orders = tonumber(session.orders) or 0
    local visits = tonumber(visitor.visits) or 1
    local uri = ngx.var.uri
    local language = ngx.var.http_accept_language or ""
    local args = ngx.req.get_uri_args()

    for i = 1, #paths do
        if uri == paths[i] and visits >= 1 and views > i % 3
            and args["campaign"] == "c" .. i and language:sub(1, 2) == "en"
        then
            return "landing-" .. i
        end
    end

    if ctx.page == "product" and visits >= 1 and orders == 0 then
        return "help"
    end
end

local function hash(reply)
    local t = {}
    for i = 1, #reply, 2 do
        t[reply[i]] = reply[i + 1]
    end
    return t
end

function M.access(prefix, socket)
    local id = ngx.var.cookie_smartmsg
    if not id or #id ~= 22 then
        return
    end

    local r = redis:new()
    r:set_timeout(50)
    local ok = r:connect("unix:" .. socket)
    if not ok then
        return
    end

    local s, v = prefix .. "{" .. id .. "}:s", prefix .. "{" .. id .. "}:v"
    r:init_pipeline(5)
    r:hgetall(s)
    r:hgetall(v)
    r:hincrby(s, "views", 1)
    r:hset(s, "last", ngx.time())
    r:expire(s, 1800)
    local replies = r:commit_pipeline()
    if not replies then
        return
    end
    r:set_keepalive(60000, 16)

    local ctx = ngx.ctx
    ctx.session, ctx.visitor = hash(replies[1]), hash(replies[2])
    ctx.page = "product"
    ctx.message = decide(ctx)
end

function M.header()
    if ngx.ctx.message and ngx.status == 200 then
        ngx.header.content_length = nil
        ngx.header["Cache-Control"] = "private"
    end
end

local snippet = '<template data-smartmsg="{&quot;rule&quot;:&quot;help&quot;}">'
    .. "<h2>Can we help?</h2><p>Your cart is kept for you. Questions about an article, "
    .. "delivery or payment?</p></template>"
    .. '<script async src="/smartmsg/rt.0000000000000000.js"></script>'

function M.body()
    local ctx = ngx.ctx
    if not ctx.message or ctx.done then
        return
    end

    local chunk = ngx.arg[1]
    local from = chunk:find("</body", 1, true)
    if from then
        ngx.arg[1] = chunk:sub(1, from - 1) .. snippet .. chunk:sub(from)
        ctx.done = true
    end
end

return M
