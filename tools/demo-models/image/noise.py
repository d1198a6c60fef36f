"""The noise that training adds and drawing takes away."""

# Stable Diffusion's betas, rescaled so that the last timestep is noise alone, and velocity to predict, without which that step
# teaches nothing: https://arxiv.org/abs/2305.08891. Otherwise a latent's mean, the background's colour, shines through the noise
# in training, and in drawing the first noise decides it.
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "rescale_betas_zero_snr": True,
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",
}
