/** How the unseen looks, and not how much of it there is: dark; pale, for who sees little in the dark; grained, for who tells shades apart badly. */
export const FOG_STYLES = ['dark', 'mist', 'grain'] as const;
export type FogStyle = (typeof FOG_STYLES)[number];
