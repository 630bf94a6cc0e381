/** What `parts.js` has beyond Phaser's own names; those have the package's types. */
export declare function loadWebGL(): Promise<boolean>;
