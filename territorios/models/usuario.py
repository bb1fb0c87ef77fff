"""Usuarios: un rol y una jurisdicción (país, zona o GAD)."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from simple_history.models import HistoricalRecords

from ..jurisdiccion import PERMISOS, Permiso, Rol
from .gad import Gad
from .territorio import Zona


def lector(zona=None):
    """Una cuenta que nadie usa ni se guarda, con el alcance de quien observa esa zona o el país.

    La usan la API y los datos abiertos para leer por los mismos `visibles_para` que las páginas.
    """
    return Usuario(rol=Rol.OBSERVADOR, zona=zona)


class Cuentas(UserManager):
    def create_superuser(self, username, email=None, password=None, **datos):
        """La primera cuenta de una instalación: de la central, que es quien crea las demás."""
        return super().create_superuser(username, email, password, **datos | {"rol": Rol.CENTRAL})


class Usuario(AbstractUser):
    """Persona con cuenta. La base impide un rol sin la jurisdicción que le toca.

    Dato personal: nombre y correo institucional, para firmar lo que escribe y avisarle.
    """

    rol = models.CharField(max_length=12, choices=Rol.choices, default=Rol.OBSERVADOR)
    zona = models.ForeignKey(Zona, models.PROTECT, null=True, blank=True)
    gad = models.ForeignKey(Gad, models.PROTECT, null=True, blank=True, verbose_name="GAD")
    cargo = models.CharField(max_length=120, blank=True)
    objects = Cuentas()
    historia = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = "usuario"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="usuario_jurisdiccion_segun_rol",
                condition=Q(rol="central", zona__isnull=True, gad__isnull=True)
                | Q(rol="zonal", zona__isnull=False, gad__isnull=True)
                | Q(rol="planificador", zona__isnull=True, gad__isnull=False)
                | Q(rol="observador", gad__isnull=True),
                violation_error_message="La jurisdicción no corresponde al rol: central y "
                "observador no llevan GAD; zonal lleva zona; planificador lleva GAD y no zona.",
            ),
            models.CheckConstraint(
                name="usuario_superusuario_es_central",
                condition=Q(is_superuser=False) | Q(rol="central"),
                violation_error_message="Un superusuario es de la central.",
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def save(self, **kwargs):
        # El admin es de la central; el acceso sigue al rol y no se marca a mano.
        self.is_staff = self.rol == Rol.CENTRAL
        if set(kwargs.get("update_fields") or ()) == {"last_login"}:
            self._guardar_sin_asiento(**kwargs)
        else:
            super().save(**kwargs)

    def _guardar_sin_asiento(self, **kwargs):
        """Entrar no es cambiar la cuenta: la fecha de ingreso no va al historial."""
        self.skip_history_when_saving = True
        try:
            super().save(**kwargs)
        finally:
            del self.skip_history_when_saving

    def puede(self, permiso):
        return self.is_active and permiso in PERMISOS[self.rol]

    def has_perm(self, perm, obj=None):
        return self.puede(Permiso.ADMINISTRAR)

    def has_module_perms(self, app_label):
        return self.puede(Permiso.ADMINISTRAR)

    @property
    def ve_el_pais(self):
        """Central, y observadores sin zona."""
        return self.rol == Rol.CENTRAL or self.rol == Rol.OBSERVADOR and self.zona_id is None

    @property
    def jurisdiccion(self):
        if self.gad_id:
            return self.gad.nombre_con_lugar
        return str(self.zona) if self.zona_id else "Todo el país"

    def _get_session_auth_hash(self, secret=None):
        """Cambiar la clave, el rol, la zona o el GAD cierra las sesiones abiertas."""
        huella = f"{self.password}|{self.rol}|{self.zona_id}|{self.gad_id}|{self.is_active}"
        sal = "territorios.Usuario._get_session_auth_hash"
        return salted_hmac(sal, huella, secret=secret, algorithm="sha256").hexdigest()
