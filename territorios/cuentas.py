"""Cuentas: registro cerrado, ingreso, y segundo factor para quien ve más que su propio GAD."""

from functools import cache

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect

from .jurisdiccion import Rol
from .models import Usuario
from .models.aviso import AMBITO, cuantos_sin_leer
from .views.errores import sesion_vencida

DE_CUENTAS = ("account_", "mfa_")
NO_COINCIDEN = "El usuario o la clave no coinciden."


class AdaptadorDeCuentas(DefaultAccountAdapter):
    """Las cuentas las crea la central en el admin: nadie se registra por su cuenta."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_COINCIDEN,
        "email_password_mismatch": NO_COINCIDEN,
        "invalid_login": NO_COINCIDEN,
        "enter_current_password": "Esa no es su clave actual.",
        "incorrect_password": "Esa no es su clave.",
        "invalid_password_reset": "El enlace para poner una clave nueva ya no sirve.",
        "too_many_login_attempts": (
            "Demasiados intentos fallidos. Espere unos minutos y vuelva a intentarlo."
        ),
    }

    def is_open_for_signup(self, request):
        return False


class ExigeIngresoMiddleware(LoginRequiredMiddleware):
    """Sin sesión, lo que se mira lleva a ingresar; lo que se envía se devuelve para no perderlo."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            return sesion_vencida(request)
        return super().handle_no_permission(request, view_func)


class SegundoFactorMiddleware:
    """Lleva a activar el segundo factor a quien debe tenerlo y aún no lo tiene.

    Lo deben tener la central, las zonas y cualquiera que entre al admin.
    """

    ROLES = (Rol.CENTRAL, Rol.ZONAL)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, vista, args, kwargs):
        if settings.SEGUNDO_FACTOR_EXIGIDO and self.falta(request):
            return redirect("mfa_activate_totp")
        return None

    def falta(self, request):
        usuario = request.user
        if not usuario.is_authenticated:
            return False
        if not usuario.is_staff and usuario.rol not in self.ROLES:
            return False
        if es_de_cuentas(request):
            return False
        return not usuario.tiene_segundo_factor


class CodigoDeRechazoMiddleware:
    """En las páginas de cuenta, un formulario rechazado responde 400 y no 200."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        if request.method == "POST" and response.status_code == 200 and es_de_cuentas(request):
            contexto = response.context_data or {}
            formulario = contexto.get("form")
            if contexto.get("token_fail") or (formulario is not None and formulario.errors):
                response.status_code = 400
        return response


def es_de_cuentas(request):
    return (request.resolver_match.url_name or "").startswith(DE_CUENTAS)


class Ingreso(AuthenticationBackend):
    """El ingreso de allauth, que además trae en la misma consulta la jurisdicción, el factor y
    cuántos avisos tiene sin leer.

    El factor se lee en cada petición, y no se guarda en la sesión: retirarlo vale de inmediato.
    """

    def get_user(self, user_id):
        try:
            usuario = _con_jurisdiccion().get(pk=user_id)
        except Usuario.DoesNotExist:
            return None
        return usuario if self.user_can_authenticate(usuario) else None


@cache
def _con_jurisdiccion():
    """La consulta, sin hacer. Se arma una vez: armarla en cada petición costaba el doble."""
    factores = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    usuarios = Usuario.objects.select_related("zona", "gad__territorio__padre__padre")
    usuarios = usuarios.annotate(tiene_segundo_factor=Exists(factores), ambito=AMBITO)
    return usuarios.annotate(avisos_sin_leer=cuantos_sin_leer())
