/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A beach: surf washes wet sand, palms sway, a boat sails by; from moonlight to noon, from grey to turquoise.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "weather", "LABEL": "Weather (clear to gloomy)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.1},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "surf", "LABEL": "Surf", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "palette", "LABEL": "Water (slate to turquoise)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.75},
    {"NAME": "palms", "LABEL": "Palms", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "sand", "LABEL": "Sand (dark to pale)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// ---- what all worlds share: hashes, noise, tone ----
float hash1(float n) { n = fract(n * 0.1031); n *= n + 33.33; return fract(n * (n + n)); }
float hash2(vec2 p) {
    vec3 q = fract(p.xyx * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}
float value2(vec2 p) {  // 0..1
    vec2 i = floor(p), f = p - i;
    f *= f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = fract(vec4(i, i + 1.0) * 0.1031);  // two hashes an axis, mixed into one for each corner
    h *= h + 33.33;
    h = fract(h * (h + h));
    vec4 corner = fract((h.xzxz + 0.37) * (h.yyww + 0.59) * 397.3);
    vec2 side = mix(corner.xz, corner.yw, f.x);
    return mix(side.x, side.y, f.y);
}
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 OCTAVE = mat2(1.6, 1.2, -1.2, 1.6);  // twice as fine, turned by 37 degrees
// 0..1. `octaves` may be broken: the last one fades.
float fbm(vec2 p, float octaves) {
    float sum = 0.0, weight = 0.5, total = 0.001;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        sum += part * value2(p);
        total += part;
        weight *= 0.5;
        p = OCTAVE * p + vec2(3.1, 1.7);
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum / total;
}
vec3 curve(vec3 c) {  // filmic, then the display's gamma
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}
float dither(vec2 place) { return (hash2(place + fract(TIME) * 61.7) - 0.5) / 255.0; }

// ---- the beach ----
float pixel, sun_height, day, gloom;
vec2 sun;
vec3 sunlight, skylight;

// The light of the air at height `up` over the horizon: scattered blue, haze that whitens it, a sun that reddens low down.
vec3 air(float up, float from_sun) {
    vec3 scatter = vec3(0.15, 0.36, 0.92);
    float mass = 1.0 / (up * 1.5 + 0.12);
    vec3 seen = 1.0 - exp(-(scatter * 0.17 + 0.035) * mass);
    vec3 tint = mix(sunlight, vec3(0.55, 0.72, 1.0), clamp(up * 1.5 + sun_height * 1.1 - 0.1, 0.0, 0.9));
    vec3 c = seen * tint * mix(0.10, 1.35, day) + vec3(0.006, 0.011, 0.03) * (1.0 - day);
    float low = exp(-abs(sun_height) * 6.0), glow = 0.14 / (1.0 + from_sun * from_sun * 30.0);
    glow += low * 1.7 * exp(-up * 5.0) / (1.0 + from_sun * from_sun * 2.0);  // the band of dusk over the horizon
    c += sunlight * glow * mix(0.35, 1.0, day);
    vec3 grey = mix(vec3(0.05, 0.062, 0.085), vec3(0.38, 0.42, 0.47), day) * (0.35 + 0.55 * exp(-up * 2.5))
        * (1.15 - 0.45 * weather);
    return mix(c, grey, gloom * 0.9);
}

// Sets what everything obeys: the sun (by night the moon), its colour, and the light of the sky. `horizon` is in p.
void set_light(vec2 half_size, float horizon, float side) {
    sun_height = mix(-0.10, 0.75, time_of_day);
    day = smoothstep(-0.10, 0.16, sun_height);
    gloom = smoothstep(0.25, 0.95, weather);
    sunlight = mix(vec3(0.92, 0.97, 1.08), vec3(1.10, 1.0, 0.86), warmth);
    sunlight *= exp(-vec3(0.06, 0.36, 0.95) * exp(-max(sun_height, 0.0) * 3.6) * mix(0.9, 3.4, warmth));
    sunlight = mix(vec3(0.30, 0.40, 0.62), sunlight, day);
    sun = vec2(half_size.x * side, max(0.26 - sun_height * 1.5, 0.04 + sun_height * 0.45));
    sun.y = min(sun.y, half_size.y - horizon - 0.06);  // like `m`, over the horizon
    sun.y += 1.3 * smoothstep(0.12, 0.30, sun_height) * (half_size.y - horizon);  // by day it stands above the picture
    skylight = air(0.5, 1.0);
}

// The sky at m (y over the horizon): air, clouds on a plane, sun or moon, stars. `mirrored`, its picture in what is wet.
vec3 heavens(vec2 m, float place, float octaves, float mirrored) {
    float up = max(m.y, 0.0), from_sun = length(m - sun);
    vec3 c = air(up, from_sun);
    vec2 at = vec2(m.x, 1.0) * (0.75 / (up + 0.15)) + vec2(TIME * 0.03 + place, TIME * 0.01);
    at = at * vec2(1.1, 1.7) + (fbm(at * 0.6 + 9.0, min(octaves, 3.0)) - 0.5) * vec2(1.6, 1.1);
    float thick = fbm(at, octaves), behind = fbm(at + (sun - m) * vec2(0.40, -0.55) / (0.3 + from_sun), octaves - 2.0);
    float cover = mix(0.64, 0.38, clouds) - 0.12 * gloom;
    float cloud = smoothstep(cover, cover + 0.18, thick) * smoothstep(0.0, 0.12, up);
    vec3 shade = mix(skylight * 1.1 + 0.10 * sunlight * day, vec3(0.10, 0.115, 0.14) * (0.2 + day), gloom);
    vec3 lit = sunlight * (0.55 + 0.9 * exp(-from_sun * 2.5)) * mix(0.30, 1.25, day) * (1.0 - 0.75 * gloom) + skylight * 0.4;
    c = mix(c, mix(shade, lit, clamp(0.5 + (thick - behind) * 2.8, 0.0, 1.0)), cloud * 0.88);
    float clear = max(1.0 - 2.5 * gloom, 0.0) * (1.0 - 0.75 * cloud);
    float maria = 1.0 - 0.35 * value2(m * 90.0 + 5.0) * (1.0 - day);
    vec2 smear = (m - sun) * mix(vec2(1.0), vec2(0.8, 0.25), mirrored);
    float size = mix(0.024, 0.021, day), r2 = dot(smear, smear) / (size * size);
    float sharp = smoothstep(1.0 + pixel / size, 1.0 - pixel / size, sqrt(r2)) * maria * (1.1 - 0.3 * r2);
    float disc = mix(sharp, 0.12 / (r2 + 0.3), mirrored);
    disc = disc * mix(0.8, 4.0, day) + mix(0.12, 1.6, day) * exp(-0.55 * sqrt(r2)) * (1.0 - mirrored);
    c += mix(sunlight, vec3(1.0, 0.96, 0.88), 0.45 * exp(-0.5 * r2) * day) * clear * (disc
        + mix(0.008, 0.05, day) / (from_sun * from_sun * 30.0 + 0.02));
    float dark = (1.0 - day) * (1.0 - gloom) * (1.0 - cloud) * (1.0 - mirrored);
    if (dark <= 0.0) return c;
    vec2 cell = floor(m * 42.0), off = vec2(hash2(cell + 3.0), hash2(cell + 11.0)) - 0.5;
    float star = smoothstep(0.86, 1.0, hash2(cell + 7.0))
        * smoothstep(90.0 * pixel, 0.0, length(m * 42.0 - cell - 0.5 - off * 0.8));
    return c + star * 0.5 * dark * dark * dark * smoothstep(0.04, 0.3, up);
}

vec3 finish(vec3 c, float edge) {  // grey days are grey; a vignette; the film's curve; dither
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))), c, 1.0 + 0.30 * (1.0 - gloom) - 0.55 * gloom);
    c = curve(max(c, 0.0) * (1.0 - 0.30 * edge) * mix(1.9 + 1.3 * gloom, 1.0, day));
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);  // grey days: streaks of rain, near and far
    float streaks = 0.6 * smoothstep(0.55, 0.95, value2(vec2(fall.x + 0.18 * fall.y, fall.y * 0.14 + mod(TIME, 600.0) * 6.0)))
        + smoothstep(0.5, 0.9, value2(0.6 * vec2(fall.x + 0.14 * fall.y, fall.y * 0.11 + mod(TIME, 600.0) * 4.0) + 40.0));
    c *= 1.0 - 0.22 * gloom * gloom;
    c += (streaks - 0.35) * 0.14 * smoothstep(0.6, 1.0, gloom) * (0.25 + c.g);
    return c + dither(gl_FragCoord.xy);
}

// A palm, 1 inside: a bent trunk from `foot` to `crown`, and fronds that arch and hang, combed into leaflets.
float palm(vec2 p, vec2 foot, vec2 crown, float size, float key) {
    float sway = sin(TIME * 0.9 + key * 3.0) * 0.5 + sin(TIME * 2.1 + key * 5.0) * 0.2;
    crown.x += sway * size * (0.05 + 0.10 * energy + 0.12 * bass);
    float t = clamp((p.y - foot.y) / (crown.y - foot.y), 0.0, 1.0);
    float trunk_x = mix(foot.x, crown.x, t * t * 0.65 + 0.35 * t);
    float ring = 0.85 + 0.15 * fract(t * 26.0);
    float inside = smoothstep(pixel, -pixel, abs(p.x - trunk_x) - size * mix(0.055, 0.028, t) * ring)
        * step(p.y, crown.y + 0.004);
    vec2 v = (p - crown) / size;
    for (int i = 0; i < 12; i++) {
        if (dot(v, v) > 1.9) break;  // most of the picture is not near a crown
        float r = hash1(float(i) + key * 17.0), way = float(i) < 6.0 ? 1.0 : -1.0;
        float turn = mix(-0.9, 1.25, (mod(float(i), 6.0) + 0.7 * r) / 6.0);
        vec2 d = vec2(cos(turn) * way, sin(turn) * 0.75 + 0.28);
        float far = (0.85 + 0.35 * r) * abs(d.x), along = v.x * way / abs(d.x), u = clamp(v.x * way / far, -0.01, 1.0);
        float mid_y = d.y * along - (0.62 + 0.25 * r) * u * u + 0.06 * sway * u;
        float below = mid_y - v.y;  // leaflets hang from the rib
        float comb = 0.45 + 0.55 * abs(2.0 * fract(u * 19.0 + below * 2.2 + r) - 1.0);
        float hang = 0.24 * sqrt(max(u, 0.0)) * (1.02 - u) * comb * (0.6 + 0.9 * abs(d.x));
        float soft = pixel / size * 1.2;
        inside = max(inside, smoothstep(-0.02 - soft, -0.02 + soft, below)
            * smoothstep(soft, -soft, below - hang)* step(0.0, u) * step(u, 0.999));
    }
    return inside;
}

// A sailing boat, `b` from where it meets the water, in heights of its mast: its colour, and 1 on it. Gloom reefs the sails.
vec4 boat(vec2 b, float soft, float key, vec3 lamp) {
    float reef = 1.0 - 0.5 * gloom, v = (b.y - 0.17) / (0.80 * reef), w = (b.y - 0.13) / (0.70 * reef);
    float leech = 0.50 * (1.0 - v) + 0.16 * v * (1.0 - v), luff = -0.44 * (1.0 - w) + 0.05 * w * (1.0 - w);
    float main_sail = min(min(b.x - 0.02, leech - b.x), 0.3 * min(v + 0.04 * b.x, 1.0 - v));
    float jib = min(min(b.x - luff, -0.04 - 0.06 * w * (1.0 - w) - b.x), 0.3 * (w + 0.15 * b.x));
    float deck = 0.085 + 0.11 * b.x * b.x - 0.03 * b.x;  // its line rises to the bow
    float hull = min(deck - b.y, min(0.50 - 0.6 * b.y - b.x, 0.52 + 0.9 * b.y + b.x - 1.6 * b.y * b.y));
    float spars = min(0.009 + 0.5 * soft - abs(b.x), min(b.y, 1.0 - b.y));
    spars = max(spars, min(0.008 + 0.5 * soft - abs(b.y - 0.155), min(b.x, 0.52 - b.x)));
    vec3 dyed = mix(vec3(0.04, 0.10, 0.30), mix(vec3(0.60, 0.07, 0.04), vec3(0.72, 0.30, 0.04), fract(key * 7.0)), step(0.5, key));
    float seams = 1.0 - 0.16 * smoothstep(0.05 + soft, 0.0, abs(fract(5.0 * v + 0.8 * b.x) - 0.5) / 5.0);
    float belly = 0.62 + 0.55 * smoothstep(0.0, 0.8, b.x / max(leech, 0.05)) - 0.25 * v;
    vec3 c = mix(vec3(0.05, 0.035, 0.03), vec3(0.70, 0.68, 0.64), smoothstep(-soft, soft, b.y - deck + 0.035));
    c = mix(c, vec3(0.22, 0.15, 0.09), step(hull, spars));
    c = mix(c, dyed * seams * belly, step(max(hull, spars), main_sail));
    float full = clamp((b.x - luff) / 0.4, 0.0, 1.0);
    c = mix(c, vec3(0.74, 0.71, 0.64) * (0.60 + 0.50 * full - 0.15 * w), step(max(max(hull, spars), main_sail), jib));
    return vec4(c * lamp, smoothstep(-soft, soft, max(max(hull, spars), max(main_sail, jib))));
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0, horizon = half_size.y * 0.22;
    float side = sin(place * 0.7 + 2.2) > 0.0 ? 1.0 : -1.0;  // where the palms do not stand, the sun does
    set_light(half_size, horizon, side * (0.22 + 0.25 * sin(place)));
    float up = p.y - horizon, below = max(-up, 0.0), is_ground = step(up, 0.0);

    // The ground plane: x and distance; how far the last wave has run up the sand.
    float far = 0.62 / (below + 0.004);
    vec2 q = vec2(p.x * far, far);
    float fine = clamp(-log2(far * far * pixel * 7.0), 0.0, 6.0) * is_ground;
    float bays = (fbm(vec2(q.x * 0.5 + place, 3.0), 3.0) - 0.5) * 1.4 + 0.22 * side * q.x;
    float run_up = sin(TIME * 0.55 + 0.8 * value2(vec2(q.x * 0.35 + place, TIME * 0.06))) * (0.5 + 0.5 * energy) + 0.4 * bass;
    float edge = 1.72 + bays - run_up * (0.10 + 0.22 * surf);
    float lip = (fbm(vec2(q.x * 2.0 + place, TIME * 0.12), 3.0) - 0.5) * 0.30;
    float sea = q.y - edge - lip;  // > 0 on the water
    float high_water = 1.72 + bays - (0.16 + 0.26 * surf) + lip;

    // Waves that come in: steep and bright near the sand, low farther out.
    float warp = (fbm(vec2(q.x * 0.30 + place, q.y * 0.22 + TIME * 0.05), 3.0) - 0.5) * 2.6;
    float torn = fbm(vec2(q.x * 2.6, q.y * 1.6) + vec2(place, TIME * 0.35), min(fine + 1.0, 3.0)) - 0.5;
    float march = q.y * 0.62 / (1.0 + q.y * 0.05) + warp + TIME * 0.16 + 0.16 * torn;
    float rank = floor(march - 0.45), u = march - rank;  // 0.45..1.45: up to the crest at 1, then what it leaves behind
    float here = smoothstep(0.30, 0.62, value2(vec2(q.x * 0.35 + rank * 7.3, rank + place)));
    float shoal = exp(-max(sea, 0.0) * 0.22) * smoothstep(-0.1, 0.35, sea);
    float crest = smoothstep(0.50, 0.90, u) * smoothstep(1.06, 0.90, u);
    float rise = crest * here * shoal * (0.4 + 0.9 * surf);
    vec2 at = q * vec2(2.6, 4.6) + vec2(place, TIME * 0.7);
    float ripple = fbm(at, min(fine, 3.0)) - 0.5;
    float swell = fbm(q * vec2(0.5, 1.1) + vec2(place, TIME * 0.35), min(fine + 1.0, 3.0)) - 0.5;
    swell *= 1.0 + 0.6 * mid;

    // Sky, and its picture in the water and on the wet sand.
    float is_sea = step(0.0, sea);
    vec2 m = vec2(p.x, up);
    float tilt = is_sea > 0.5 ? (ripple * 0.35 + swell * 0.5 + 0.14 + rise * 0.3) : ripple * 0.015;
    m = mix(m, vec2(p.x + ripple * 0.06 * is_sea, below * 0.9 + tilt), is_ground);
    m.y = max(m.y, 0.001);
    vec3 c = heavens(m, place, mix(6.0, 2.5, is_ground), is_ground);

    // Water
    vec3 tint = mix(vec3(0.03, 0.05, 0.06), vec3(0.01, 0.27, 0.29), palette),
        deep = mix(vec3(0.010, 0.022, 0.035), vec3(0.004, 0.055, 0.12), palette);
    vec3 lamp = (sunlight * mix(0.12, 0.9, day) * (1.0 - 0.6 * gloom) + skylight * 0.8);
    float shallow = exp(-max(sea, 0.0) * 0.28);
    vec3 water = mix(deep, tint, shallow) * lamp * (1.0 + 1.2 * swell + 0.6 * ripple);
    water += tint * lamp * rise * 1.3;
    float fresnel = 0.06 + 0.62 * exp(-below * 6.5) * (1.0 - 0.5 * rise);
    water = mix(water, c, fresnel);
    float path = exp(-(p.x - sun.x) * (p.x - sun.x) * mix(90.0, 22.0, below)) * max(1.0 - 2.0 * gloom, 0.0) * exp(-sun.y * 2.2);
    water += sunlight * path * (0.10 + 3.5 * smoothstep(0.10 - 0.06 * treble, 0.30, ripple + 0.4 * swell)) * mix(0.4, 1.0, day);

    // Sand: wet where water has been, a mirror there; elsewhere hollows, ripples of the wind, grains, and what was washed up.
    float step_y = far * far * pixel / 0.62, dry = step(sea, 0.1);  // of the ground, from one row of pixels to the next
    vec2 sand_at = q * vec2(1.5, 2.4) + place;
    float hollow = fbm(sand_at, 3.0 * dry), slope = hollow - fbm(sand_at + vec2(0.12 * side, 0.16), 3.0 * dry);
    float crinkle = fbm(q * vec2(7.0, 13.0) + place, 3.0 * dry);
    float ridge = sin(q.y * 105.0 + 20.0 * hollow + 13.0 * crinkle);
    ridge *= smoothstep(0.40, 0.60, hollow) * smoothstep(0.020, 0.008, step_y);
    float grain = value2(q * 41.0 + 7.0) * smoothstep(0.03, 0.01, step_y) - 0.9;
    grain += value2(q * 110.0) * smoothstep(0.013, 0.004, step_y);
    grain += 1.2 * value2(q * 260.0 + 3.0) * smoothstep(0.0045, 0.0018, step_y);
    float relief = 1.5 * slope + 0.045 * ridge + 0.12 * (crinkle - 0.5) * smoothstep(0.06, 0.02, step_y);
    float wet = smoothstep(high_water - 0.14, high_water + 0.02, q.y + (hollow - 0.5) * 0.2);
    float wrack = smoothstep(0.10, 0.0, abs(q.y - high_water + 0.20 + 0.25 * (hollow - 0.5)))
        * smoothstep(0.60, 0.70, fbm(q * vec2(13.0, 24.0) + place + 11.0, 4.0 * dry)) * (1.0 - wet);
    vec3 grains = mix(vec3(0.13, 0.10, 0.085), vec3(0.66, 0.53, 0.36), sand)
        * (0.92 + 0.30 * (hollow - 0.5) + (0.09 * grain + 1.6 * relief) * (1.0 - 0.8 * wet)) * (1.0 - 0.55 * wrack);
    vec3 beach = grains * lamp * mix(1.0, 0.42, wet);
    beach = mix(beach, c, wet * (0.16 + 0.40 * exp(-below * 3.5)));
    float thin = smoothstep(0.22, 0.0, abs(sea)) * (1.0 - is_sea);
    vec3 ground = mix(beach, water, smoothstep(-0.015, 0.10, sea) * (0.35 + 0.65 * smoothstep(0.0, 0.55, sea)));

    // Foam: a bright lip at the edge, lace that stays behind it, white on the breakers.
    vec2 lace_at = q * vec2(3.4, 3.0) + vec2(place, run_up * 0.35) + (swell + ripple) * 0.8;
    float lace = 1.0 - abs(2.0 * fbm(lace_at, clamp(fine, 0.0, 5.0)) - 1.0), soft_lace = smoothstep(0.62, 0.94, lace);
    float foam = smoothstep(0.0, 0.02, sea) * smoothstep(0.10, 0.02, sea) * (0.55 + 0.45 * lace);
    foam = max(foam, soft_lace * smoothstep(0.0, 0.05, sea) * exp(-max(sea, 0.0) * mix(2.4, 0.8, surf)));
    foam = max(foam, soft_lace * 0.5 * smoothstep(-0.25, 0.0, sea) * (1.0 - is_sea) * wet);
    float spill = smoothstep(0.80, 0.97, u - 0.22 * (lace - 0.7)), wake = smoothstep(1.42, 0.98, u);
    float broken = spill * wake * mix(smoothstep(0.45, 0.80, lace), 1.0, smoothstep(0.72, 0.95, wake) * here);
    foam = max(foam, broken * here * smoothstep(0.25, 0.6, shoal) * (0.35 + 0.9 * surf) * smoothstep(0.1, 0.5, sea));
    foam *= is_ground * (0.9 + 0.3 * pulse);
    ground = mix(ground, lamp * vec3(0.86, 0.90, 0.92) * (0.85 + 0.25 * lace), clamp(foam, 0.0, 1.0) * 0.92);
    ground *= 1.0 - 0.35 * thin * smoothstep(-0.09, -0.01, sea);
    vec3 veil = air(0.015, length(vec2(p.x - sun.x, sun.y)) * 0.8 + 0.15) * 0.95;
    ground = mix(ground, veil, exp(-below * mix(70.0, 16.0, haze)) * mix(0.35, 0.9, haze));
    c = mix(c, ground, smoothstep(pixel, -pixel, up));

    // A headland, and palms that lean in from the side.
    float cape = 0.050 * smoothstep(0.15, -half_size.x * 1.1, p.x * side)
        * (0.55 + 0.6 * fbm(vec2(p.x * 6.0 + place, 1.0), 4.0)) - 0.004;
    c = mix(c, mix(vec3(0.03, 0.055, 0.035) * lamp, veil, 0.45 + 0.4 * haze),
        smoothstep(-pixel, pixel, cape - up) * (1.0 - is_ground));

    // A boat off the shore, rocked by the swell, and its picture in the water.
    float mast = 0.21 * min(half_size.x + half_size.y, 1.2), roll = 0.04 * sin(TIME * 0.8) + 0.02 * sin(TIME * 1.9) - 0.05 * side;
    vec2 b = (vec2(p.x - half_size.x * side * (0.35 + 0.2 * sin(place * 1.7)) - 0.04 * sin(TIME * 0.07), up + 0.045)) / mast;
    if (max(abs(b.x) - 0.8, abs(b.y) - 1.1) < 0.0) {
        float in_water = step(b.y, -0.01);
        b.x += in_water * (ripple * 0.3 + swell * 0.2);
        b = vec2(b.x - roll * b.y, mix(b.y, -1.3 * b.y, in_water));
        vec4 sail = boat(b, pixel / mast, fract(place * 0.37), lamp * 1.15);
        c = mix(c, sail.rgb, sail.a * mix(1.0, 0.45 * smoothstep(1.2, 0.0, b.y), in_water));
    }

    float tall = 0.62 * min(half_size.y, 0.8), root = -side * (half_size.x + 0.02);
    float leaves = 0.0;
    for (int i = 0; i < 2; i++) {
        float k = float(i), gone = 0.65 * smoothstep(0.40 + 0.40 * k, 0.0 + 0.40 * k, palms);  // out of the picture
        vec2 head = vec2(root + side * (mix(0.20, 0.36, k) - gone), horizon + tall * mix(0.50, 0.28, k));
        vec2 foot = vec2(root - side * (0.05 * k + gone), -half_size.y * mix(0.9, 0.30, k));
        leaves = max(leaves, palm(p, foot, head, 0.27 * mix(1.0, 0.72, k), k));
    }
    vec3 leaf = vec3(0.020, 0.045, 0.016) * lamp * (0.5 + 0.9 * value2(p * 60.0)) + vec3(0.010) * skylight;
    c = mix(c, leaf, leaves);
    gl_FragColor = vec4(finish(c, dot(p, p) / dot(half_size, half_size)), 1.0);
}
