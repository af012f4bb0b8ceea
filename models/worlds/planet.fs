/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A planet turns slowly before the stars: rim of air, clouds or bands, a ring and a moon.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "kind", "LABEL": "From rock and sea to gas", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.35},
    {"NAME": "phase", "LABEL": "Phase of the light", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "ring", "LABEL": "Ring", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "air", "LABEL": "Air", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "nearness", "LABEL": "Nearness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "nebula", "LABEL": "Nebula behind", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "heat", "LABEL": "Heat", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.1},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

float hash1(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 hash2(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.xx + q.yz) * q.zy);
}

// One number for each corner of a cell, all four at once.
vec4 corners(vec2 i) {
    vec4 x = fract(vec4(i.x, i.x + 1.0, i.x, i.x + 1.0) * 0.1031);
    vec4 y = fract(vec4(i.yy, i.yy + 1.0) * 0.1137);
    return fract((x + 7.13) * (y + 11.71) * (x + y + 3.37) * 9.173);
}

// Gradient noise, -1..1.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i);
    vec4 v = (h * 2.0 - 1.0) * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0)
        + (fract(h * 57.31) * 2.0 - 1.0) * vec4(f.yy, f.yy - 1.0);
    return 1.4 * mix(mix(v.x, v.y, u.x), mix(v.z, v.w, u.x), u.y);
}

// Gradient noise: value (-1..1) and its slope.
vec3 slope_noise(vec2 p) {
    vec2 i = floor(p), f = p - i;
    vec2 u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0), du = 30.0 * f * f * (f * (f - 2.0) + 1.0);
    vec4 h = corners(i), gx = h * 2.0 - 1.0, gy = fract(h * 57.31) * 2.0 - 1.0;
    vec4 v = gx * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0) + gy * vec4(f.yy, f.yy - 1.0);
    vec4 w = vec4((1.0 - u.x) * (1.0 - u.y), u.x * (1.0 - u.y), (1.0 - u.x) * u.y, u.x * u.y);
    float k = v.x - v.y - v.z + v.w;
    return 1.4 * vec3(dot(v, w), vec2(dot(gx, w), dot(gy, w)) + du * (u.yx * k + vec2(v.y, v.z) - v.x));
}

float low() { return -0.5 * RENDERSIZE.y / min(RENDERSIZE.x, RENDERSIZE.y); }
float wide() { return 0.5 * RENDERSIZE.x / min(RENDERSIZE.x, RENDERSIZE.y); }

mat2 turn(float a) {
    float c = cos(a), s = sin(a);
    return mat2(c, s, -s, c);
}

vec3 stars(vec2 p, float cells, float key, float power) {
    vec2 i = floor(p * cells), h = hash2(i + key), f = (fract(p * cells) - 0.5 - 0.6 * (h - 0.5)) / cells;
    float bright = pow(hash1(i + key + 7.7), power), d = length(f);
    float size = max(0.0015 * (0.6 + 1.6 * bright), 1.15 / min(RENDERSIZE.x, RENDERSIZE.y));
    float blink = 0.8 + (0.15 + 0.4 * treble) * sin(TIME * (0.8 + 2.0 * h.x) + 40.0 * h.y);
    float shine = exp(-d * d / (size * size)) + 0.05 * bright * size / (d + size) * smoothstep(0.2 / cells, 0.0, d);
    return mix(vec3(1.0, 0.74, 0.50), vec3(0.62, 0.78, 1.0), h.y) * bright * blink * shine;
}

vec3 palette(float t) {  // four families of colour that a planet may have, one flowing into the next
    t = clamp(t, 0.0, 1.0) * 3.0;
    vec3 c = mix(vec3(0.10, 0.34, 0.62), vec3(0.08, 0.48, 0.46), smoothstep(0.0, 1.0, t));
    c = mix(c, vec3(0.78, 0.46, 0.22), smoothstep(1.0, 2.0, t));
    return mix(c, vec3(0.56, 0.22, 0.50), smoothstep(2.0, 3.0, t));
}

// What lies at a place of the globe (longitude, latitude in radians): colour, and the height's slope in `bump`. What is
// finer than the pixels of a globe of this `radius` is left out.
vec3 surface(vec2 at, float lat, float radius, out vec2 bump, out float glow) {
    vec3 tone = palette(hue), pale = mix(tone, vec3(1.0, 0.93, 0.82), 0.68), deep = tone * vec3(0.32, 0.34, 0.42);
    // Gas: bands that shear past each other, with eddies where they meet, and one great storm.
    vec2 g = vec2(at.x * 1.1, lat * 3.4);
    float flow = noise2(vec2(lat * 4.0, 3.0 + seed));
    g.x += 0.008 * TIME + flow * (0.5 + 0.5 * sin(0.04 * TIME));  // to and fro: one way, it would wind them up to threads
    vec2 eye = vec2(at.x - 0.5 + 0.25 * sin(0.05 * TIME), lat + 0.36) * vec2(1.0, 1.9);
    float storm = exp(-dot(eye, eye) * 16.0);
    vec3 eddy = slope_noise(g * vec2(1.6, 2.2) + seed * 5.0);
    float radian = radius * min(RENDERSIZE.x, RENDERSIZE.y);  // in pixels
    vec3 curl = slope_noise(g * vec2(3.6, 5.6) + 0.1 * eddy.yz) * smoothstep(0.55, 0.25, 50.0 / radian);
    vec3 thread = slope_noise(g * vec2(7.0, 14.0) + 0.05 * curl.yz) * smoothstep(0.55, 0.25, 80.0 / radian);
    float level = lat * 9.0 + 0.9 * eddy.x + 0.45 * curl.x + 3.0 * storm;
    float band = 0.5 + 0.32 * sin(level) + 0.22 * sin(level * 2.3 + 1.0) + 0.16 * curl.x + 0.14 * thread.x;
    vec3 gas = mix(mix(deep * 1.9, pale, smoothstep(0.15, 0.85, band)), vec3(0.9, 0.38, 0.2) * (0.8 + 0.5 * thread.x),
        storm * 0.8);

    // Rock and sea: continents, coasts, deserts, ice at the poles.
    vec2 r = at * vec2(1.0, 1.25) + seed * 9.0;
    vec3 land = slope_noise(r * 1.3), hills = slope_noise(r * 3.1 + 0.25 * land.yz),
        rocks = slope_noise(r * 7.3 + 0.2 * hills.yz);
    vec3 grit = slope_noise(r * 16.0 + 0.2 * rocks.yz);
    float height = land.x + 0.5 * hills.x + 0.27 * rocks.x + 0.13 * grit.x;
    float dry = smoothstep(-0.02, 0.03, height - 0.02);
    vec3 sea = mix(tone * vec3(0.12, 0.22, 0.34), tone * 0.65, smoothstep(-0.5, 0.03, height));
    vec3 soil = mix(mix(tone.grb * 0.55, vec3(0.36, 0.30, 0.20), 0.65), vec3(0.62, 0.48, 0.32),
        smoothstep(0.1, 0.6, height + 0.2 * rocks.x));
    vec3 ground = mix(sea, soil * (0.75 + 0.4 * hills.x), dry);
    ground = mix(ground, vec3(0.86, 0.91, 0.96), smoothstep(1.02, 1.22, abs(lat) + 0.16 * hills.x));
    float solid = 1.0 - smoothstep(0.35, 0.65, kind);
    bump = mix(0.10 * curl.yz + 0.05 * thread.yz, dry * (0.28 * hills.yz + 0.22 * rocks.yz + 0.14 * grit.yz), solid);
    // Cracks that glow where the crust is hot.
    float crack = 1.0 - abs(hills.x + 0.45 * rocks.x + 0.2 * grit.x) * mix(9.0, 4.5, heat);
    glow = smoothstep(0.25, 1.0, crack) * smoothstep(0.25, 0.9, heat) * solid;
    vec3 c = mix(gas, ground, solid);
    c = mix(c, c * vec3(0.20, 0.13, 0.12), smoothstep(0.3, 0.9, heat) * solid * 0.85);
    // Clouds: swirls that the wind draws out along the parallels.
    vec2 w = vec2(at.x * 1.2 + 0.045 * TIME, lat * 1.9) + 0.35 * land.yz * vec2(0.4, 0.2) + seed * 3.0;
    float cloud = noise2(w * 1.7) + 0.55 * noise2(w * vec2(3.5, 4.2) + 0.3 * hills.yz)
        + 0.30 * noise2(w * vec2(8.0, 9.0) + 0.3 * rocks.yz);
    return mix(c, vec3(0.92, 0.94, 0.97),
        smoothstep(0.55 - 0.95 * clouds, 1.05 - 0.7 * clouds, cloud) * solid * (0.95 - 0.9 * smoothstep(0.2, 0.7, heat)));
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    float pixel = 1.5 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 sky = p + vec2(seed * 3.0 + 0.004 * TIME, 0.0);
    p *= 1.0 - 0.02 * pulse;
    float radius = mix(0.20, 0.46, nearness) * (1.0 + 0.01 * bass);
    vec2 centre = vec2(0.30 * sin(6.28 * seed + 1.0), 0.12 * cos(4.0 * seed)) * vec2(wide(), -low()) * (0.8 + 0.5 * nearness);
    float tilt = 0.42 * sin(5.0 * seed + 0.7);
    vec2 d = turn(tilt) * (p - centre) / radius;
    float far = length(d), sun_angle = mix(-2.5, 2.5, phase);
    vec3 to_sun = normalize(vec3(sin(sun_angle), 0.32, cos(sun_angle) * 0.8 + 0.15));
    vec3 sunlight = mix(vec3(1.15, 1.06, 0.94), vec3(1.25, 0.62, 0.36), smoothstep(0.4, 1.0, heat));
    vec3 tone = palette(hue), haze = mix(mix(vec3(0.25, 0.55, 1.0), tone * 1.7, 0.45), vec3(1.0, 0.36, 0.16),
        smoothstep(0.4, 1.0, heat));

    // Behind: a thin nebula and two fields of stars.
    vec2 bend = vec2(noise2(sky * 1.3 + 3.0), noise2(sky * 1.3 + 8.0));
    float veil = 0.8 * noise2(sky * 1.6 + 0.9 * bend) + 0.55 * noise2(sky * 3.7 + 1.3 * bend + vec2(0.02 * TIME, 4.0));
    veil += 0.36 * noise2(sky * 8.3 + 1.8 * bend) + 0.22 * noise2(sky * 18.0 + 2.4 * bend);
    vec3 c = mix(vec3(0.006, 0.008, 0.016), vec3(0.02, 0.012, 0.03), bend.x + 0.5);
    c += mix(tone.bgr, haze, 0.5 + 0.5 * bend.y) * pow(smoothstep(-0.7, 1.2, veil), 1.7) * nebula * 0.5;
    c += (stars(sky, 7.0, 1.0, 12.0) * 2.8 + stars(turn(0.5) * sky, 20.0, 5.0, 14.0) * 1.4
        + stars(turn(1.1) * sky, 47.0, 9.0, 13.0) * 0.7)
        * (1.0 - 0.5 * smoothstep(0.0, 0.8, veil) * nebula);
    // The sun's glare, where it stands beside or behind the planet.
    vec2 flare_at = to_sun.xy * 1.12;
    float flare = length(d - flare_at), behind = smoothstep(0.2, -0.5, to_sun.z);
    c += sunlight * behind * (0.05 / (flare * flare + 0.03)
        + 0.10 * exp(-abs(d.y - flare_at.y) * 34.0 - abs(d.x - flare_at.x) * 1.6));

    // The moon goes round; it passes before and behind.
    float turned = 0.11 * TIME + 6.28 * fract(seed * 3.0);
    vec3 orbit = vec3(1.95 * cos(turned), 0.34 * sin(turned) + 0.30, sin(turned));
    vec2 m = (d - orbit.xy) / 0.13;
    float m2 = dot(m, m), moon_cover = smoothstep(1.0, 1.0 - 2.0 * pixel / (radius * 0.13), sqrt(m2));
    if (m2 < 1.0 && moon_cover > 0.0) {
        vec3 n = vec3(m, sqrt(1.0 - m2));
        vec3 rough = slope_noise(m * 2.3 + seed * 5.0) * smoothstep(0.45, 0.15, pixel / (radius * 0.13)),
            pits = slope_noise(m * 5.7 + 2.0) * smoothstep(0.16, 0.05, pixel / (radius * 0.13));
        float day = clamp(dot(normalize(n + vec3(0.16 * rough.yz + 0.09 * pits.yz, 0.0)), to_sun), 0.0, 1.0);
        c = mix(c, vec3(0.62, 0.58, 0.54) * (0.8 + 0.3 * rough.x + 0.2 * pits.x) * (day * sunlight * 1.2 + haze * 0.02),
            moon_cover);
        moon_cover *= orbit.z > 0.0 ? 1.0 : 0.0;
    } else moon_cover = 0.0;

    // The ring lies in the planet's equator, seen from a little above.
    float flat_ = 0.20 + 0.14 * sin(3.0 * seed);
    vec2 on_ring = vec2(d.x, d.y / flat_);
    float rr = length(on_ring);
    float grain = pixel / radius * length(vec2(d.x, d.y / (flat_ * flat_))) / max(rr, 0.1);  // of `rr` from pixel to pixel
    float grooves = 0.62 + 0.26 * noise2(vec2(rr * 19.0, seed * 3.0)) * smoothstep(0.055, 0.015, grain)
        + 0.22 * noise2(vec2(rr * 47.0, 5.0)) * smoothstep(0.022, 0.006, grain);
    float gap = 1.0 - 0.85 * smoothstep(0.035 + grain, 0.015, abs(rr - 1.82)) * 0.05 / (0.05 + grain);
    float inside = smoothstep(1.32 - grain, 1.40 + grain, rr) * smoothstep(2.25 + grain, 2.15 - grain, rr) * gap * grooves
        * smoothstep(0.0, 0.35, ring) * (0.35 + 0.65 * ring);
    vec3 place = vec3(d.x, d.y, -d.y / flat_ * sqrt(1.0 - flat_ * flat_));
    float along = dot(place, to_sun);
    float shadow = smoothstep(0.93, 1.06, length(place - along * to_sun)) + step(0.0, along);
    vec3 ice = mix(vec3(0.86, 0.78, 0.66), tone * 1.3, 0.35) * (0.08 + 0.75 * clamp(shadow, 0.0, 1.0))
        * (0.75 + 0.35 * grooves) * sunlight;
    bool in_front = d.y < 0.0;
    if (!in_front) c = mix(c, ice, inside * (1.0 - moon_cover));

    // The globe.
    float edge_px = pixel / radius, globe_cover = smoothstep(1.0 + 0.5 * edge_px, 1.0 - 0.5 * edge_px, far);
    if (globe_cover > 0.0) {
        vec3 n = vec3(d, sqrt(max(1.0 - far * far, 0.0)));
        float lat = asin(clamp(n.y, -1.0, 1.0)), glow;
        float lon = atan(n.x, n.z) * mix(1.0, cos(lat), 0.45) + 0.08 * TIME + 6.28 * seed;  // turned as a whole, not wound up
        vec2 bump;
        vec3 ground = surface(vec2(lon, lat), lat, radius, bump, glow);
        vec3 east = normalize(vec3(n.z, 0.0, -n.x)), north = cross(n, east);
        float raw = dot(n, to_sun);
        float day = smoothstep(-0.12, 0.75, raw) * clamp(1.0 + 1.3 * dot(bump.x * east - bump.y * north, to_sun), 0.2, 1.8);
        // Shadow of the ring on the globe.
        float hit = -n.y / max(to_sun.y, 0.05);
        float shade_r = length((n + hit * to_sun).xz);
        day *= 1.0 - 0.6 * ring * step(0.0, hit) * smoothstep(1.32, 1.42, shade_r) * smoothstep(2.25, 2.1, shade_r);
        vec3 globe = ground * (day * sunlight * 1.25 + 0.012 * haze);
        globe += vec3(1.0, 0.28, 0.05) * glow * (1.2 + 0.8 * mid + 0.5 * pulse);
        float edge = pow(1.0 - n.z, 2.6);
        globe = mix(globe, haze * (0.25 + 1.1 * smoothstep(-0.35, 0.6, raw)), edge * air * 0.85 * smoothstep(-0.4, 0.35, raw));
        globe += sunlight * 0.25 * pow(max(dot(reflect(-to_sun, n), vec3(0.0, 0.0, 1.0)), 0.0), 22.0)
            * (1.0 - smoothstep(0.3, 0.6, kind));
        c = mix(c, globe, globe_cover * (1.0 - moon_cover));
    }
    // Air outside the globe, brightest where the sun rises.
    float sunward = dot(normalize(vec3(d, 0.05)), to_sun);
    float shell = exp(-abs(far - 1.0) * (far > 1.0 ? 42.0 - 22.0 * air : 60.0));
    c += haze * shell * air * (smoothstep(-0.45, 0.9, sunward) * 0.85 + behind * pow(max(sunward, 0.0), 4.0) * 1.4)
        * (1.0 + 0.3 * pulse) * (1.0 - moon_cover);
    if (in_front) c = mix(c, ice, inside * (1.0 - moon_cover));
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - 0.6 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
