package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.it.challengeapp.HeaderPolicy;
import jakarta.enterprise.context.ApplicationScoped;

/** A policy that is a bean. */
@ApplicationScoped
public class AllPolicy extends HeaderPolicy {}
