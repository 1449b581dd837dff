/** Bytes that people read and type. */
@NullMarked
package org.clusterbackup.cli.text;

import org.jspecify.annotations.NullMarked;
