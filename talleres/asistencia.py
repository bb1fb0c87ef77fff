"""Cuántas personas asistieron, por nivel de gobierno y sexo. Cuentas, nunca nombres.

Lo registrado es lo que hay en la nómina; el total declarado de un encuentro va siempre aparte.
Quien va a las dos jornadas de un taller se registra, y se cuenta, en cada una.
"""

from dataclasses import dataclass

from django.db.models import Count, Q

from .models import Encuentro, Participante

Nivel, Sexo = Participante.Nivel, Participante.Sexo


@dataclass(frozen=True)
class Renglon:
    """Las personas de un nivel, o de todos."""

    nivel: str
    nombre: str
    mujeres: int
    hombres: int
    sin_dato: int

    @property
    def total(self):
        return self.mujeres + self.hombres + self.sin_dato


@dataclass(frozen=True)
class Asistencia:
    """`por_nivel`: [Renglon] de los niveles que tienen a alguien, en su orden."""

    por_nivel: tuple

    @property
    def total(self):
        return sum(renglon.total for renglon in self.por_nivel)

    @property
    def suma(self):
        """El renglón de todos los niveles."""
        return Renglon(
            "",
            "Total",
            sum(renglon.mujeres for renglon in self.por_nivel),
            sum(renglon.hombres for renglon in self.por_nivel),
            sum(renglon.sin_dato for renglon in self.por_nivel),
        )

    def __bool__(self):
        return bool(self.por_nivel)


def contar(participantes):
    """Asistencia de un QuerySet de participantes. Una consulta."""
    return de_cuentas(_cuentas(participantes).values_list("nivel", "sexo", "cuantos"))


def contar_por_encuentro(encuentros):
    """{pk: Asistencia} de los encuentros que tienen a alguien registrado. Una consulta."""
    participantes = Participante.objects.filter(encuentro__in=encuentros)
    por_encuentro = {}
    for pk, nivel, sexo, cuantos in _cuentas(participantes, "encuentro").values_list(
        "encuentro", "nivel", "sexo", "cuantos"
    ):
        por_encuentro.setdefault(pk, []).append((nivel, sexo, cuantos))
    return {pk: de_cuentas(cuentas) for pk, cuentas in por_encuentro.items()}


def contar_jornadas(encuentro):
    """[(encuentro, Asistencia)] de las jornadas de un taller, en orden. Dos consultas."""
    taller = encuentro.jornada_de_id or encuentro.pk
    jornadas = list(Encuentro.objects.filter(Q(pk=taller) | Q(jornada_de=taller)).en_orden())
    cuentas = contar_por_encuentro([jornada.pk for jornada in jornadas])
    return [(jornada, cuentas.get(jornada.pk, Asistencia(()))) for jornada in jornadas]


def de_grupo(grupo):
    """La de los encuentros del grupo: quien ve el grupo los ve todos. Una consulta."""
    return de_cuentas(cuentas_de_grupo(grupo).values_list("nivel", "sexo", "cuantos"))


def cuentas_de_grupo(grupo):
    """Cuántas personas de cada nivel y sexo fueron a los encuentros del grupo: `de_cuentas`."""
    return _cuentas(Participante.objects.filter(encuentro__in=grupo.encuentros.values("pk")))


def de_estrategia(estrategia, usuario):
    """La de los encuentros de la estrategia que ve `usuario`. Una consulta."""
    encuentros = Encuentro.objects.visibles_para(usuario).filter(estrategia=estrategia)
    return contar(Participante.objects.filter(encuentro__in=encuentros.values("pk")))


def _cuentas(participantes, *antes):
    return participantes.order_by().values(*antes, "nivel", "sexo").annotate(cuantos=Count("pk"))


def de_cuentas(cuentas):
    """La Asistencia de [(nivel, sexo, cuántas personas)]."""
    por_nivel = {}
    for nivel, sexo, cuantos in cuentas:
        por_nivel.setdefault(nivel, {})[sexo] = cuantos
    return Asistencia(
        tuple(
            Renglon(
                nivel.value,
                nivel.label,
                por_nivel[nivel].get(Sexo.MUJER, 0),
                por_nivel[nivel].get(Sexo.HOMBRE, 0),
                por_nivel[nivel].get(Sexo.SIN_DATO, 0),
            )
            for nivel in Nivel
            if nivel in por_nivel
        )
    )
