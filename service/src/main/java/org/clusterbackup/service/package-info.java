/**
 * What every service that talks over Kafka shares: plain classes, made with {@code new}; a framework only at the edge.
 *
 * <p>A grouped consumer takes whole records from SmallRye Reactive Messaging, returns at once and acknowledges when its
 * worker is done: the shipper's {@code ReadyConsumer} shows how, its {@code application.properties} say with what
 * settings and why.
 */
@NullMarked
package org.clusterbackup.service;

import org.jspecify.annotations.NullMarked;
