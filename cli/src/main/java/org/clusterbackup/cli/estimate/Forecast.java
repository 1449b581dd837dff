package org.clusterbackup.cli.estimate;

import java.time.Duration;

/**
 * What is to be expected of one source.
 *
 * @param every time between two runs, known or assumed
 * @param addedPerRun stored bytes that a run adds, on average
 * @param restsOn of how many runs that is the average; 0: it is assumed
 * @param addedPerYear the same for all runs of a year, before anything is deleted
 * @param streamInAYear length of the stream then
 * @param keptNow artifacts that the policy would keep of those that are there
 * @param keptInAYear artifacts that will be there then
 * @param bytesInAYear stored bytes that they will need, without packs that another source is counted for
 */
public record Forecast(
        Duration every,
        long addedPerRun,
        int restsOn,
        long addedPerYear,
        long streamInAYear,
        int keptNow,
        int keptInAYear,
        long bytesInAYear) {}
