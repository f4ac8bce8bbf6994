import { z } from 'zod'

// Zod compiles schemas with `new Function` where it may; the window's content policy forbids that and would report it.
z.config({ jitless: true })
