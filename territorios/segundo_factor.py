"""Segundo factor: los formularios y mensajes de allauth, con nuestras palabras."""

from functools import wraps

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as ingreso
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django.contrib import messages
from django.shortcuts import redirect

from .forms import ConNuestrasPalabras

SIN_CODIGOS = "No tiene códigos de recuperación: se crean al activar el segundo factor."


class AdaptadorDeFactor(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "No puede desactivar el segundo factor.",
        "cannot_generate_recovery_codes": "Active primero el segundo factor.",
        "incorrect_code": "Ese código no vale o ya venció. Escriba el que muestra la aplicación.",
    }


class ActivarForm(ConNuestrasPalabras, totp.ActivateTOTPForm):
    etiquetas = {"code": "Código de seis cifras"}


class CodigoForm(ConNuestrasPalabras, ingreso.ReauthenticateForm):
    etiquetas = {"code": "Código de la aplicación, o uno de recuperación"}


class CodigoAlIngresarForm(ConNuestrasPalabras, ingreso.AuthenticateForm):
    etiquetas = CodigoForm.etiquetas


def con_codigos(vista):
    """Decorador: a quien no tiene códigos de recuperación se le dice cómo tenerlos, y no 404."""

    @wraps(vista)
    def envuelta(request, *args, **kwargs):
        tipo = Authenticator.Type.RECOVERY_CODES
        if not Authenticator.objects.filter(user=request.user, type=tipo).exists():
            messages.warning(request, SIN_CODIGOS)
            return redirect("mfa_index")
        return vista(request, *args, **kwargs)

    return envuelta
