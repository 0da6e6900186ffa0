/** The tool's version, as written into every manifest; a test holds it to package.json's. */
export const toolVersion = '0.1.0'

/** Version of the layout of every folder occlab writes; raised when an older reader would misread it. */
export const schemaVersion = 1
